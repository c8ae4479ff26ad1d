/* The output stage: setpoints in, drives out, at 1 kHz, in integers. docs/wire.md, "Playout", is the law here.
 *
 * Drives are kept in 1/256 of a drive unit (Q8). The stage clamps whatever it is told: ceilings, slew, power, and 10 s
 * at any one point.
 */
#ifndef KNEAD_OUTPUT_STAGE_H
#define KNEAD_OUTPUT_STAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "identity.h"
#include "lines.h"
#include "points.h"

enum { RELEASE_MIN_Q8 = 262 }; /* RELEASE_MIN in Q8 a tick, rounded up */

struct output_stage {
    const uint8_t *ceilings; /* of the session, for each actuator */
    uint32_t budget;         /* Q8, for all outputs together */
    uint8_t count;           /* actuators */
    struct points points;
    struct lines lines;
    uint16_t attack[KNEAD_ACTUATORS];  /* Q8 a tick, as are releases */
    uint16_t release[KNEAD_ACTUATORS];
    uint16_t out[KNEAD_ACTUATORS];     /* Q8 */
    uint8_t drives[KNEAD_ACTUATORS];   /* what is put out in this tick */
    uint8_t rates[KNEAD_ACTUATORS];
};

/* `within`: no output is above its ceiling. `tapers`: an output of a point that owes a rest is on its way to zero.
 * `allowed`: what an actuator may be put out at next. `idle`: nothing is put out, and nothing waits to be. */
/*@ predicate valid_stage(struct output_stage *stage) =
    0 < stage->count <= KNEAD_ACTUATORS && \valid_read(stage->ceilings + (0 .. stage->count - 1)) &&
    \separated(stage, stage->ceilings + (0 .. stage->count - 1)) &&
    valid_points(&stage->points, stage->count) && valid_lines(&stage->lines, stage->count) &&
    (\forall integer i; 0 <= i < stage->count ==> stage->release[i] >= RELEASE_MIN_Q8);

  predicate within(struct output_stage *stage) =
    \forall integer i; 0 <= i < stage->count ==> stage->out[i] <= 256 * stage->ceilings[i];

  logic integer span_of(struct output_stage *stage, integer i) = stage->points.at[stage->points.of[i]].span_ms;
  predicate tapered(integer out, integer span_ms) =
    out == 0 || span_ms < DWELL_RELEASE_MS || out <= 65280 - RELEASE_MIN_Q8 * (span_ms - DWELL_RELEASE_MS);
  predicate tapers(struct output_stage *stage) =
    \forall integer i; 0 <= i < stage->count ==> tapered(stage->out[i], span_of(stage, i));

  predicate same_points{K, L}(struct output_stage *stage) =
    \at(stage->points.count, K) == \at(stage->points.count, L) &&
    \forall integer i; 0 <= i < KNEAD_ACTUATORS ==> \at(stage->points.of[i], K) == \at(stage->points.of[i], L);
  predicate same_spans{K, L}(struct output_stage *stage) = \forall integer p; 0 <= p < KNEAD_POINTS ==>
    \at(stage->points.at[p].span_ms, K) == \at(stage->points.at[p].span_ms, L) &&
    \at(stage->points.at[p].rest_ms, K) == \at(stage->points.at[p].rest_ms, L) &&
    \at(stage->points.at[p].must_rest, K) == \at(stage->points.at[p].must_rest, L);

  predicate drive_of(integer drive, integer out) = 256 * drive <= out < 256 * drive + 256;
  predicate rests(struct output_stage *stage, integer i) = stage->points.at[stage->points.of[i]].must_rest != 0;
  predicate allowed(struct output_stage *stage, integer i, integer next) =
    next <= 256 * stage->ceilings[i] &&
    stage->out[i] - stage->release[i] <= next <= stage->out[i] + stage->attack[i] &&
    (rests(stage, i) ==> next == 0 || next == stage->out[i] - stage->release[i]) &&
    (stage->lines.of[i].target == 0 && stage->out[i] == 0 ==> next == 0);

  predicate still(struct output_stage *stage) =
    \forall integer i; 0 <= i < stage->count ==> stage->out[i] == 0;
  predicate idle(struct output_stage *stage) = still(stage) && at_rest(&stage->lines, stage->count); */

/* A zeroed stage for a device that is sound; `ceilings` are looked at in every tick. False: too many points. */
/*@ requires \valid(stage) && fresh_lines(&stage->lines) && valid_self(self) && \separated(stage, self);
  requires \forall integer i; 0 <= i < KNEAD_ACTUATORS ==> stage->out[i] == 0 && stage->drives[i] == 0;
  requires \valid_read(ceilings + (0 .. identity_at(self, IDENTITY_ACTUATORS) - 1));
  requires \separated(stage, ceilings + (0 .. identity_at(self, IDENTITY_ACTUATORS) - 1));
  assigns *stage;
  ensures begun: stage->count == identity_at(self, IDENTITY_ACTUATORS) && stage->ceilings == ceilings;
  ensures still: still(stage);
  ensures silent: \forall integer i; 0 <= i < stage->count ==> stage->drives[i] == 0;
  ensures rests: at_rest(&stage->lines, stage->count);
  ensures lines: valid_lines(&stage->lines, stage->count);
  ensures valid: \result ==> valid_stage(stage); */
bool stage_begin(struct output_stage *stage, const struct device_self *self, const uint8_t *ceilings);

/* Queue a keyframe later than all before it. Where none waits, the line starts where we are. */
/*@ requires \valid(stage) && valid_lines(&stage->lines, stage->count);
  requires \valid_read(keyframe) && \separated(stage, keyframe);
  requires stage->lines.queue.count < stage->lines.queue.slots;
  assigns stage->lines;
  ensures valid: valid_lines(&stage->lines, stage->count); */
void stage_push(struct output_stage *stage, const struct keyframe *keyframe);

/* Forget what is queued and take every drive to zero within RAMP_MS; a ramp that runs goes on. */
/*@ requires \valid(stage) && valid_lines(&stage->lines, stage->count);
  assigns stage->lines;
  ensures valid: valid_lines(&stage->lines, stage->count);
  ensures ramps: stage->lines.ramp != RAMP_NONE; */
void stage_ramp_down(struct output_stage *stage);

/* Every output to zero at once: power off. */
/*@ requires \valid(stage) && valid_lines(&stage->lines, stage->count);
  assigns stage->lines, stage->out[0 .. KNEAD_ACTUATORS - 1];
  ensures valid: valid_lines(&stage->lines, stage->count);
  ensures still: still(stage);
  ensures rests: at_rest(&stage->lines, stage->count); */
void stage_cut(struct output_stage *stage);

/* Put out the tick `t`, device time in ms modulo 65536. */
/*@ requires \valid(stage) && valid_stage(stage) && within(stage) && tapers(stage);
  assigns stage->lines, stage->points.at[0 .. KNEAD_POINTS - 1], stage->out[0 .. KNEAD_ACTUATORS - 1],
    stage->drives[0 .. KNEAD_ACTUATORS - 1], stage->rates[0 .. KNEAD_ACTUATORS - 1];
  ensures valid: valid_stage(stage);
  ensures within: within(stage);
  ensures tapers: tapers(stage);
  ensures put_out: \forall integer i; 0 <= i < stage->count ==> drive_of(stage->drives[i], stage->out[i]);
  ensures ceilings: \forall integer i; 0 <= i < stage->count ==> stage->drives[i] <= stage->ceilings[i];
  ensures counts: \forall integer i; 0 <= i < stage->count && stage->drives[i] != 0 ==>
    stage->points.at[stage->points.of[i]].rest_ms == 0 && span_of(stage, i) == \old(longer(span_of(stage, i)));
  ensures ends: \forall integer i; 0 <= i < stage->count && stage->drives[i] != 0 ==> span_of(stage, i) < DWELL_MS;
  ensures idle: \old(idle(stage)) ==> idle(stage); */
void stage_tick(struct output_stage *stage, uint16_t t);

/* Whether every output is zero now. */
/*@ requires \valid_read(stage) && stage->count <= KNEAD_ACTUATORS;
  assigns \nothing;
  ensures \result <==> still(stage); */
bool stage_is_still(const struct output_stage *stage);

/* All drives put out at this moment, added up. */
/*@ requires \valid_read(stage) && stage->count <= KNEAD_ACTUATORS;
  assigns \nothing; */
uint16_t stage_output_sum(const struct output_stage *stage);

#endif
