/* The queue: setpoints that wait for their time, in its order. docs/wire.md, "Setpoints". */
#ifndef KNEAD_QUEUE_H
#define KNEAD_QUEUE_H

#include <stdint.h>

#include "sizes.h"

/* Setpoints for every actuator. Rates are those of the actuators that have any, in wire order. */
struct setpoints {
    uint8_t drives[KNEAD_ACTUATORS];
    uint8_t rates[KNEAD_RATED];
};

/* Where every drive and rate shall be at device time `t`, ms modulo 65536: nothing waits longer than 500 ms. */
struct keyframe {
    uint16_t t;
    uint8_t seq;
    struct setpoints setpoints;
};

struct queue {
    uint8_t slots;
    uint8_t count;
    uint8_t first;
    struct keyframe keyframes[KNEAD_SLOTS];
};

void queue_begin(struct queue *queue, uint8_t slots);
void queue_clear(struct queue *queue);
uint8_t queue_free_slots(const struct queue *queue);

/* The keyframe that is due first; not of an empty queue. */
const struct keyframe *queue_front(const struct queue *queue);
void queue_pop(struct queue *queue);

/* A keyframe later than all before it; not to a full queue. */
void queue_push(struct queue *queue, const struct keyframe *keyframe);

#endif
