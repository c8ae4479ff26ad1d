#include "output_stage.h"

#include "messages.h"

/* Q8 a tick for drive units a second, rounded up: ceil(256 * slew / 1000). */
/*@ assigns \nothing;
  ensures units_a_second >= RELEASE_MIN ==> \result >= RELEASE_MIN_Q8; */
static uint16_t slew_of(uint16_t units_a_second) {
    return (uint16_t)((256UL * units_a_second + 999UL) / 1000UL);
}

bool stage_begin(struct output_stage *stage, const struct device_self *self, const uint8_t *ceilings) {
    stage->count = identity_u8(self, IDENTITY_ACTUATORS);
    stage->budget = (uint32_t)identity_u16(self, IDENTITY_POWER_BUDGET) << 8;
    for (uint8_t i = 0; i < stage->count; i++) {
        stage->attack[i] = slew_of(actuator_u16(self, i, ACTUATOR_ATTACK));
        stage->release[i] = slew_of(actuator_u16(self, i, ACTUATOR_RELEASE));
    }
    const bool fits = points_find(&stage->points, self);
    lines_begin(&stage->lines, self);
    stage->ceilings = ceilings;
    return fits;
}

void stage_push(struct output_stage *stage, const struct keyframe *keyframe) {
    lines_push(&stage->lines, stage->out, stage->count, keyframe);
}

void stage_ramp_down(struct output_stage *stage) { lines_ramp_down(&stage->lines, stage->out, stage->count); }

void stage_cut(struct output_stage *stage) {
    /*@ loop invariant 0 <= i <= stage->count;
      loop invariant \forall integer j; 0 <= j < i ==> stage->out[j] == 0;
      loop assigns i, stage->out[0 .. KNEAD_ACTUATORS - 1];
      loop variant stage->count - i; */
    for (uint8_t i = 0; i < stage->count; i++) {
        stage->out[i] = 0;
    }
    lines_cut(&stage->lines, stage->out, stage->count);
}

/* 2. to 4. Ceiling, rest, slew: what actuator `i` would be put out at. */
/*@ requires \valid_read(stage) && valid_stage(stage) && within(stage) && i < stage->count;
  assigns \nothing;
  ensures allowed: allowed(stage, i, \result); */
static uint16_t limited(const struct output_stage *stage, uint8_t i) {
    const uint16_t out = stage->out[i];
    const uint16_t ceiling = (uint16_t)(stage->ceilings[i] * 256U);
    uint16_t wanted = stage->lines.of[i].target;
    if (wanted > ceiling) {
        wanted = ceiling;
    }
    if (points_rest(&stage->points, i)) {
        wanted = 0;
    }
    if (wanted > out) {
        return (uint16_t)(wanted - out) > stage->attack[i] ? (uint16_t)(out + stage->attack[i]) : wanted;
    }
    return (uint16_t)(out - wanted) > stage->release[i] ? (uint16_t)(out - stage->release[i]) : wanted;
}

/* value * factor / 256, by multiplications of 8 by 8 bits. */
/*@ assigns \nothing;
  ensures \result <= value; */
static uint16_t share_of(uint16_t value, uint8_t factor) {
    const uint16_t whole = (uint16_t)((value / 256U) * factor);
    const uint16_t part = (uint16_t)((value % 256U) * factor);
    /*@ assert whole <= (value / 256) * 255; */
    /*@ assert part <= (value % 256) * 255; */
    return (uint16_t)(whole + part / 256U);
}

/* 5. Power: rises are scaled by one factor, so that all of `next` stays within the budget. */
/*@ requires \valid_read(stage) && valid_stage(stage);
  requires \valid(next + (0 .. KNEAD_ACTUATORS - 1)) && \separated(stage, next + (0 .. KNEAD_ACTUATORS - 1));
  requires \separated(stage->ceilings + (0 .. stage->count - 1), next + (0 .. KNEAD_ACTUATORS - 1));
  requires \forall integer i; 0 <= i < stage->count ==> allowed(stage, i, next[i]);
  assigns next[0 .. KNEAD_ACTUATORS - 1];
  ensures allowed: \forall integer i; 0 <= i < stage->count ==> allowed(stage, i, next[i]); */
static void scale_rises(const struct output_stage *stage, uint16_t *next, uint32_t sum) {
    uint32_t rises = 0;
    /*@ loop invariant 0 <= i <= stage->count;
      loop assigns i, rises;
      loop variant stage->count - i; */
    for (uint8_t i = 0; i < stage->count; i++) {
        if (next[i] > stage->out[i]) {
            rises += (uint16_t)(next[i] - stage->out[i]);
        }
    }
    const uint32_t without = sum - rises;
    const uint32_t left = without < stage->budget ? stage->budget - without : 0;
    const uint8_t factor = (uint8_t)(rises > 0 ? (left << 8) / rises : 0); /* rises are more than is left */
    /*@ loop invariant 0 <= i <= stage->count;
      loop invariant \forall integer j; 0 <= j < stage->count ==> allowed(stage, j, next[j]);
      loop assigns i, next[0 .. KNEAD_ACTUATORS - 1];
      loop variant stage->count - i; */
    for (uint8_t i = 0; i < stage->count; i++) {
        if (next[i] > stage->out[i]) {
            next[i] = (uint16_t)(stage->out[i] + share_of((uint16_t)(next[i] - stage->out[i]), factor));
        }
    }
}

/* Where all would be put out at next, and the sum of it. */
/*@ requires \valid_read(stage) && valid_stage(stage) && within(stage);
  requires \valid(next + (0 .. KNEAD_ACTUATORS - 1)) && \separated(stage, next + (0 .. KNEAD_ACTUATORS - 1));
  requires \separated(stage->ceilings + (0 .. stage->count - 1), next + (0 .. KNEAD_ACTUATORS - 1));
  assigns next[0 .. KNEAD_ACTUATORS - 1];
  ensures allowed: \forall integer i; 0 <= i < stage->count ==> allowed(stage, i, next[i]); */
static uint32_t find_next(const struct output_stage *stage, uint16_t *next) {
    uint32_t sum = 0;
    /*@ loop invariant 0 <= i <= stage->count;
      loop invariant \forall integer j; 0 <= j < i ==> allowed(stage, j, next[j]);
      loop assigns i, sum, next[0 .. KNEAD_ACTUATORS - 1];
      loop variant stage->count - i; */
    for (uint8_t i = 0; i < stage->count; i++) {
        next[i] = limited(stage, i);
        sum += next[i];
    }
    return sum;
}

/*@ requires \valid(stage) && stage->count <= KNEAD_ACTUATORS && \valid_read(next + (0 .. stage->count - 1));
  requires \separated(stage, next + (0 .. stage->count - 1));
  assigns stage->out[0 .. KNEAD_ACTUATORS - 1], stage->drives[0 .. KNEAD_ACTUATORS - 1];
  ensures \forall integer i; 0 <= i < stage->count ==>
    stage->out[i] == next[i] && stage->drives[i] == next[i] / 256; */
static void put_out(struct output_stage *stage, const uint16_t *next) {
    /*@ loop invariant 0 <= i <= stage->count;
      loop invariant \forall integer j; 0 <= j < i ==> stage->out[j] == next[j];
      loop invariant \forall integer j; 0 <= j < i ==> stage->drives[j] == next[j] / 256;
      loop assigns i, stage->out[0 .. KNEAD_ACTUATORS - 1], stage->drives[0 .. KNEAD_ACTUATORS - 1];
      loop variant stage->count - i; */
    for (uint8_t i = 0; i < stage->count; i++) {
        stage->out[i] = next[i];
        stage->drives[i] = (uint8_t)(next[i] / 256U);
    }
}

/*@ requires \valid(stage) && valid_lines(&stage->lines, stage->count);
  assigns stage->rates[0 .. KNEAD_ACTUATORS - 1]; */
static void put_out_rates(struct output_stage *stage) {
    /*@ loop invariant 0 <= k <= stage->lines.rated_count;
      loop assigns k, stage->rates[0 .. KNEAD_ACTUATORS - 1];
      loop variant stage->lines.rated_count - k; */
    for (uint8_t k = 0; k < stage->lines.rated_count; k++) {
        const uint8_t i = stage->lines.rated[k];
        stage->rates[i] = stage->drives[i] != 0 ? stage->lines.rate[k] : 0;
    }
}

void stage_tick(struct output_stage *stage, uint16_t t) {
    uint16_t next[KNEAD_ACTUATORS];
    lines_follow(&stage->lines, stage->count, t);
    const uint32_t sum = find_next(stage, next);
    if (sum > stage->budget) {
        scale_rises(stage, next, sum);
    }
    put_out(stage, next);
    put_out_rates(stage);
    points_count(&stage->points, stage->drives, stage->count);
}

bool stage_is_still(const struct output_stage *stage) {
    /*@ loop invariant 0 <= i <= stage->count;
      loop invariant \forall integer j; 0 <= j < i ==> stage->out[j] == 0;
      loop assigns i;
      loop variant stage->count - i; */
    for (uint8_t i = 0; i < stage->count; i++) {
        if (stage->out[i] != 0) {
            return false;
        }
    }
    return true;
}

uint16_t stage_output_sum(const struct output_stage *stage) {
    uint16_t sum = 0;
    /*@ loop invariant 0 <= i <= stage->count;
      loop assigns i, sum;
      loop variant stage->count - i; */
    for (uint8_t i = 0; i < stage->count; i++) {
        sum = (uint16_t)(sum + (uint16_t)(stage->out[i] >> 8));
    }
    return sum;
}
