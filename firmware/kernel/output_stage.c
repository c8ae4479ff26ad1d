#include "output_stage.h"

#include "messages.h"

/* Q8 a tick for drive units a second, rounded up: ceil(256 * slew / 1000). */
/*@ assigns \nothing;
  ensures units_a_second >= RELEASE_MIN ==> \result >= 262; */
static uint16_t slew_of(uint16_t units_a_second) {
    return (uint16_t)((256UL * units_a_second + 999UL) / 1000UL);
}

bool stage_begin(struct output_stage *stage, const struct device_self *self, const uint8_t *ceilings) {
    stage->count = identity_u8(self, IDENTITY_ACTUATORS);
    stage->budget = (uint32_t)identity_u16(self, IDENTITY_POWER_BUDGET) << 8;
    stage->ceilings = ceilings;
    queue_begin(&stage->queue, identity_u8(self, IDENTITY_SLOTS));
    for (uint8_t i = 0; i < stage->count; i++) {
        stage->attack[i] = slew_of(actuator_u16(self, i, ACTUATOR_ATTACK));
        stage->release[i] = slew_of(actuator_u16(self, i, ACTUATOR_RELEASE));
        if (actuator_is_rated(self, i)) {
            stage->rated[stage->rated_count++] = i;
        }
    }
    return points_find(&stage->points, self);
}

/* The next line begins at the output, and in the next tick. */
static void start_from_output(struct output_stage *stage) {
    stage->left = 0;
    for (uint8_t i = 0; i < stage->count; i++) {
        stage->lines[i].target = stage->out[i];
    }
}

void stage_push(struct output_stage *stage, const struct keyframe *keyframe) {
    if (stage->queue.count == 0) {
        stage->ramp = RAMP_NONE;
        start_from_output(stage);
    }
    queue_push(&stage->queue, keyframe);
}

void stage_ramp_down(struct output_stage *stage) {
    if (stage->ramp == RAMP_NONE) {
        queue_clear(&stage->queue);
        stage->ramp = RAMP_DUE;
        start_from_output(stage);
    }
}

void stage_cut(struct output_stage *stage) {
    queue_clear(&stage->queue);
    stage->ramp = RAMP_NONE;
    for (uint8_t i = 0; i < stage->count; i++) {
        stage->out[i] = 0;
    }
    start_from_output(stage);
}

/* One line from where it is to `goal`, Q8, in `length` ticks, which are 1 to 500. */
/*@ requires \valid(line) && length > 0;
  assigns line->step, line->rest, line->error; */
static void line_begin(struct line *line, uint16_t goal, uint16_t length) {
    line->error = 0;
    if (goal >= line->target) {
        const uint16_t rise = (uint16_t)(goal - line->target);
        line->step = (uint16_t)(rise / length);
        line->rest = (uint16_t)(rise % length);
    } else { /* rounded down as well, so that the rest is never negative */
        const uint16_t fall = (uint16_t)(line->target - goal);
        const uint16_t whole = (uint16_t)(fall / length);
        const uint16_t over = (uint16_t)(fall % length);
        line->step = (uint16_t)(0U - whole - (over > 0 ? 1U : 0U));
        line->rest = over > 0 ? (uint16_t)(length - over) : 0;
    }
}

/*@ requires \valid(stage) && stage->count <= KNEAD_ACTUATORS;
  assigns stage->ramp, stage->length, stage->left, stage->lines[0 .. KNEAD_ACTUATORS - 1];
  ensures stage->ramp == RAMP_BEGUN && stage->left == RAMP_MS; */
static void begin_ramp(struct output_stage *stage) {
    stage->ramp = RAMP_BEGUN;
    stage->length = stage->left = RAMP_MS;
    /*@ loop invariant 0 <= i <= stage->count;
      loop assigns i, stage->lines[0 .. KNEAD_ACTUATORS - 1];
      loop variant stage->count - i; */
    for (uint8_t i = 0; i < stage->count; i++) {
        line_begin(&stage->lines[i], 0, RAMP_MS);
    }
}

/* The line to the first keyframe of the queue. Its rates hold from now on, but for what it has off: no rate is given. */
static void begin_line(struct output_stage *stage, uint16_t t) {
    const struct keyframe *end = queue_front(&stage->queue);
    stage->length = stage->left = (uint16_t)(end->t - t + 1U);
    for (uint8_t i = 0; i < stage->count; i++) {
        line_begin(&stage->lines[i], (uint16_t)((uint16_t)end->setpoints.drives[i] << 8), stage->length);
    }
    for (uint8_t k = 0; k < stage->rated_count; k++) {
        if (end->setpoints.drives[stage->rated[k]] != 0) {
            stage->rate[k] = end->setpoints.rates[k];
        }
    }
}

/* 1. Line: where every actuator should be in tick `t`. */
static void follow_lines(struct output_stage *stage, uint16_t t) {
    if (stage->left == 0) {
        if (stage->ramp == RAMP_DUE) {
            begin_ramp(stage);
        } else if (stage->queue.count > 0) {
            begin_line(stage, t);
        } else {
            return;
        }
    }
    for (uint8_t i = 0; i < stage->count; i++) {
        struct line *line = &stage->lines[i];
        line->target = (uint16_t)(line->target + line->step);
        line->error = (uint16_t)(line->error + line->rest);
        if (line->error >= stage->length) {
            line->error = (uint16_t)(line->error - stage->length);
            line->target++;
        }
    }
    stage->left--;
    if (stage->left == 0 && stage->ramp == RAMP_NONE) {
        stage->executed = queue_front(&stage->queue)->seq;
        queue_pop(&stage->queue);
    }
}

/* 2. to 4. Ceiling, rest, slew: what actuator `i` would be put out at. */
/*@ requires \valid_read(stage) && valid_stage(stage) && within(stage) && i < stage->count;
  assigns \nothing;
  ensures allowed: allowed(stage, i, \result); */
static uint16_t limited(const struct output_stage *stage, uint8_t i) {
    const uint16_t out = stage->out[i];
    const uint16_t ceiling = (uint16_t)(stage->ceilings[i] * 256U);
    uint16_t wanted = stage->lines[i].target;
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

void stage_tick(struct output_stage *stage, uint16_t t) {
    uint16_t next[KNEAD_ACTUATORS];
    uint32_t sum = 0;
    follow_lines(stage, t);
    for (uint8_t i = 0; i < stage->count; i++) {
        next[i] = limited(stage, i);
        sum += next[i];
    }
    if (sum > stage->budget) {
        scale_rises(stage, next, sum);
    }
    for (uint8_t i = 0; i < stage->count; i++) {
        stage->out[i] = next[i];
        stage->drives[i] = (uint8_t)(next[i] >> 8);
    }
    for (uint8_t k = 0; k < stage->rated_count; k++) {
        const uint8_t i = stage->rated[k];
        stage->rates[i] = stage->drives[i] != 0 ? stage->rate[k] : 0;
    }
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
