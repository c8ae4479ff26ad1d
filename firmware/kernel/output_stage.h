/* The output stage: setpoints in, drives out, at 1 kHz, in integers. docs/wire.md, "Playout", is the law here.
 *
 * Drives are kept in 1/256 of a drive unit (Q8). A line is followed by error diffusion: one division for each
 * actuator as it begins, none in a tick, and in every tick the floor that the law asks for, to the bit. The stage
 * clamps whatever it is told: ceilings, slew, power, and 10 s at any one point.
 */
#ifndef KNEAD_OUTPUT_STAGE_H
#define KNEAD_OUTPUT_STAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "identity.h"
#include "points.h"
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

struct output_stage {
    const uint8_t *ceilings; /* of the session, for each actuator */
    uint32_t budget;         /* Q8, for all outputs together */
    uint16_t length;         /* ticks from the beginning of the line to its end */
    uint16_t left;           /* ticks of it that are still to come; 0: what it reached holds */
    uint8_t count;           /* actuators */
    uint8_t executed;        /* seq of the last setpoints played */
    enum ramp ramp;
    struct points points;
    struct queue queue;
    struct line lines[KNEAD_ACTUATORS];
    uint16_t attack[KNEAD_ACTUATORS];  /* Q8 a tick, as are releases */
    uint16_t release[KNEAD_ACTUATORS];
    uint16_t out[KNEAD_ACTUATORS];     /* Q8 */
    uint8_t rated[KNEAD_RATED];        /* the actuators that have a rate, in wire order */
    uint8_t rated_count;
    uint8_t rate[KNEAD_RATED];         /* of the line, or held since; for each of those */
    uint8_t drives[KNEAD_ACTUATORS];   /* what is put out in this tick */
    uint8_t rates[KNEAD_ACTUATORS];
};

/* `within`: no output is above its ceiling. `allowed`: what an actuator may be put out at next. */
/*@ predicate valid_stage(struct output_stage *stage) =
    0 < stage->count <= KNEAD_ACTUATORS && \valid_read(stage->ceilings + (0 .. stage->count - 1)) &&
    valid_points(&stage->points, stage->count);

  predicate within(struct output_stage *stage) =
    \forall integer i; 0 <= i < stage->count ==> stage->out[i] <= 256 * stage->ceilings[i];

  predicate allowed(struct output_stage *stage, integer i, integer next) =
    next <= 256 * stage->ceilings[i] &&
    stage->out[i] - stage->release[i] <= next <= stage->out[i] + stage->attack[i] &&
    (stage->points.at[stage->points.of[i]].must_rest != 0 ==> next <= stage->out[i]) &&
    (stage->lines[i].target == 0 && stage->out[i] == 0 ==> next == 0); */

/* A zeroed stage for a device that is sound; `ceilings` are looked at in every tick. False: too many points. */
bool stage_begin(struct output_stage *stage, const struct device_self *self, const uint8_t *ceilings);

/* Queue a keyframe later than all before it. Where none waits, the line starts where we are. */
void stage_push(struct output_stage *stage, const struct keyframe *keyframe);

/* Forget what is queued and take every drive to zero within RAMP_MS; a ramp that runs goes on. */
void stage_ramp_down(struct output_stage *stage);

/* Every output to zero at once: power off. */
void stage_cut(struct output_stage *stage);

/* Put out the tick `t`, device time in ms modulo 65536. */
void stage_tick(struct output_stage *stage, uint16_t t);

/* Whether every output is zero now. */
/*@ requires \valid_read(stage) && stage->count <= KNEAD_ACTUATORS;
  assigns \nothing;
  ensures \result <==> \forall integer i; 0 <= i < stage->count ==> stage->out[i] == 0; */
bool stage_is_still(const struct output_stage *stage);

/* All drives put out at this moment, added up. */
/*@ requires \valid_read(stage) && stage->count <= KNEAD_ACTUATORS;
  assigns \nothing; */
uint16_t stage_output_sum(const struct output_stage *stage);

#endif
