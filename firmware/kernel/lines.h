/* Lines from keyframe to keyframe, and to zero: the first step of the output stage. docs/wire.md, "Playout".
 *
 * A line is followed by error diffusion: one division for each actuator as it begins, none in a tick, and in every
 * tick the floor that the law asks for, to the bit.
 */
#ifndef KNEAD_LINES_H
#define KNEAD_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "identity.h"
#include "queue.h"

enum { RAMP_MS = 250 }; /* a stop or a lost link takes every drive to zero in this time; the promise is 300 ms */

enum ramp { RAMP_NONE, RAMP_DUE, RAMP_BEGUN };

/* The straight line of one actuator: in each tick `target += step`, and 1 more whenever `error` reaches the length. */
struct line {
    uint16_t target; /* Q8, where the line is now */
    uint16_t step;   /* Q8 a tick, rounded down, modulo 65536 */
    uint16_t rest;   /* what the step leaves out, in 1/length of Q8 a tick */
    uint16_t error;
};

struct lines {
    uint16_t length;         /* ticks from the beginning of the lines to their end */
    uint16_t left;           /* ticks of them that are still to come; 0: what they reached holds */
    uint8_t executed;        /* seq of the last setpoints played */
    uint8_t rated_count;
    uint8_t rated[KNEAD_RATED]; /* the actuators that have a rate, in wire order */
    uint8_t rate[KNEAD_RATED];  /* of the line, or held since; for each of those */
    enum ramp ramp;
    struct queue queue;
    struct line of[KNEAD_ACTUATORS];
};

/* `valid_lines`: those that run to a keyframe have one that waits; a ramp to zero has none behind it.
 * `at_rest`: they are at zero, and nothing waits. */
/*@ predicate valid_lines(struct lines *lines, integer count) =
    0 < count <= KNEAD_ACTUATORS && lines->rated_count <= KNEAD_RATED &&
    (\forall integer k; 0 <= k < lines->rated_count ==> lines->rated[k] < count) && valid_queue(&lines->queue) &&
    (lines->ramp == RAMP_NONE && lines->left > 0 ==> lines->queue.count > 0) &&
    (lines->ramp != RAMP_NONE ==> lines->queue.count == 0);

  predicate at_rest(struct lines *lines, integer count) =
    lines->ramp == RAMP_NONE && lines->left == 0 && lines->queue.count == 0 &&
    \forall integer i; 0 <= i < count ==> lines->of[i].target == 0;

  predicate fresh_lines(struct lines *lines) =
    lines->ramp == RAMP_NONE && lines->left == 0 && lines->rated_count == 0 &&
    \forall integer i; 0 <= i < KNEAD_ACTUATORS ==> lines->of[i].target == 0; */

/* Zeroed lines for a device that is sound. */
/*@ requires \valid(lines) && fresh_lines(lines) && valid_self(self) && \separated(lines, self);
  assigns *lines;
  ensures valid: valid_lines(lines, identity_at(self, IDENTITY_ACTUATORS));
  ensures rests: at_rest(lines, identity_at(self, IDENTITY_ACTUATORS)); */
void lines_begin(struct lines *lines, const struct device_self *self);

/* Queue a keyframe later than all before it. Where none waits, lines begin at `from`, where `count` outputs are. */
/*@ requires \valid(lines) && valid_lines(lines, count) && lines->queue.count < lines->queue.slots;
  requires \valid_read(from + (0 .. count - 1)) && \separated(lines, from + (0 .. count - 1));
  requires \valid_read(keyframe) && \separated(lines, keyframe);
  assigns *lines;
  ensures valid: valid_lines(lines, count); */
void lines_push(struct lines *lines, const uint16_t *from, uint8_t count, const struct keyframe *keyframe);

/* Forget what is queued and go from `from` to zero within RAMP_MS; a ramp that runs goes on. */
/*@ requires \valid(lines) && valid_lines(lines, count);
  requires \valid_read(from + (0 .. count - 1)) && \separated(lines, from + (0 .. count - 1));
  assigns *lines;
  ensures valid: valid_lines(lines, count);
  ensures ramps: lines->ramp != RAMP_NONE; */
void lines_ramp_down(struct lines *lines, const uint16_t *from, uint8_t count);

/* Forget what is queued; lines stay at `from`, where they are. */
/*@ requires \valid(lines) && valid_lines(lines, count);
  requires \valid_read(from + (0 .. count - 1)) && \separated(lines, from + (0 .. count - 1));
  assigns *lines;
  ensures valid: valid_lines(lines, count);
  ensures rests: \old(\forall integer i; 0 <= i < count ==> from[i] == 0) ==> at_rest(lines, count); */
void lines_cut(struct lines *lines, const uint16_t *from, uint8_t count);

/* Where every actuator should be in tick `t`: by the line that runs, or that begins in it. */
/*@ requires \valid(lines) && valid_lines(lines, count);
  assigns *lines;
  ensures valid: valid_lines(lines, count);
  ensures rests: \old(at_rest(lines, count)) ==> at_rest(lines, count); */
void lines_follow(struct lines *lines, uint8_t count, uint16_t t);

#endif
