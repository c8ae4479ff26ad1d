#include "queue.h"

void queue_begin(struct queue *queue, uint8_t slots) {
    queue->slots = slots;
    queue_clear(queue);
}

void queue_clear(struct queue *queue) {
    queue->count = 0;
    queue->first = 0;
}

uint8_t queue_free_slots(const struct queue *queue) { return (uint8_t)(queue->slots - queue->count); }

const struct keyframe *queue_front(const struct queue *queue) { return &queue->keyframes[queue->first]; }

void queue_pop(struct queue *queue) {
    queue->first++;
    if (queue->first == queue->slots) {
        queue->first = 0;
    }
    queue->count--;
}

void queue_push(struct queue *queue, const struct keyframe *keyframe) {
    uint16_t at = (uint16_t)(queue->first + queue->count);
    if (at >= queue->slots) {
        at = (uint16_t)(at - queue->slots);
    }
    queue->keyframes[at] = *keyframe;
    queue->count++;
}
