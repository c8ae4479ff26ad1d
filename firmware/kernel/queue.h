/* The queue: setpoints that wait for their time, in its order. docs/wire.md, "Setpoints". */
#ifndef KNEAD_QUEUE_H
#define KNEAD_QUEUE_H

#include <stdint.h>

#include "sizes.h"

enum { AHEAD_MAX_MS = 500 }; /* nothing waits longer */

/* Setpoints for every actuator. Rates are those of the actuators that have any, in wire order. */
struct setpoints {
    uint8_t drives[KNEAD_ACTUATORS];
    uint8_t rates[KNEAD_RATED];
};

/* Where every drive and rate shall be at device time `t`, ms modulo 65536. */
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

/*@ predicate valid_queue(struct queue *queue) =
    0 < queue->slots <= KNEAD_SLOTS && queue->count <= queue->slots && queue->first < queue->slots;

  logic integer slot_of(struct queue *queue, integer k) =
    queue->first + k < queue->slots ? queue->first + k : queue->first + k - queue->slots; */

/*@ requires \valid(queue);
  requires 0 < slots <= KNEAD_SLOTS;
  assigns queue->slots, queue->count, queue->first;
  ensures valid_queue(queue) && queue->slots == slots && queue->count == 0; */
void queue_begin(struct queue *queue, uint8_t slots);

/*@ requires \valid(queue) && 0 < queue->slots <= KNEAD_SLOTS;
  assigns queue->count, queue->first;
  ensures valid_queue(queue) && queue->count == 0; */
void queue_clear(struct queue *queue);

/*@ requires \valid_read(queue) && valid_queue(queue);
  assigns \nothing;
  ensures \result == queue->slots - queue->count; */
uint8_t queue_free_slots(const struct queue *queue);

/* The keyframe that is due first; not of an empty queue. */
/*@ requires \valid_read(queue) && valid_queue(queue) && queue->count > 0;
  assigns \result \from queue, queue->first;
  ensures \result == &queue->keyframes[queue->first]; */
const struct keyframe *queue_front(const struct queue *queue);

/*@ requires \valid(queue) && valid_queue(queue) && queue->count > 0;
  assigns queue->count, queue->first;
  ensures valid_queue(queue) && queue->count == \old(queue->count) - 1;
  ensures \forall integer k; 0 <= k < queue->count ==> slot_of(queue, k) == \old(slot_of(queue, k + 1)); */
void queue_pop(struct queue *queue);

/* A keyframe later than all before it; not to a full queue. */
/*@ requires \valid(queue) && valid_queue(queue) && queue->count < queue->slots;
  requires \valid_read(keyframe) && \separated(queue, keyframe);
  assigns queue->count, queue->keyframes[0 .. KNEAD_SLOTS - 1];
  ensures valid_queue(queue) && queue->count == \old(queue->count) + 1;
  ensures queue->keyframes[slot_of(queue, queue->count - 1)] == *keyframe; */
void queue_push(struct queue *queue, const struct keyframe *keyframe);

#endif
