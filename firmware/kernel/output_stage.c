#include "output_stage.h"

#include "messages.h"

/* Q8 a tick for drive units a second, rounded up: ceil(256 * slew / 1000). */
/*@ assigns \nothing;
  ensures units_a_second >= RELEASE_MIN ==> \result >= RELEASE_MIN_Q8; */
static uint16_t slew_of(uint16_t units_a_second) {
    return (uint16_t)((256UL * units_a_second + 999UL) / 1000UL);
}

/*@ requires \valid(stage) && valid_self(self) && \separated(stage, self);
  assigns stage->attack[0 .. KNEAD_ACTUATORS - 1], stage->release[0 .. KNEAD_ACTUATORS - 1];
  ensures \forall integer i; 0 <= i < identity_at(self, IDENTITY_ACTUATORS) ==> stage->release[i] >= RELEASE_MIN_Q8; */
static void begin_slews(struct output_stage *stage, const struct device_self *self) {
    const uint8_t count = identity_u8(self, IDENTITY_ACTUATORS);
    /*@ loop invariant 0 <= i <= count;
      loop invariant \forall integer j; 0 <= j < i ==> stage->release[j] >= RELEASE_MIN_Q8;
      loop assigns i, stage->attack[0 .. KNEAD_ACTUATORS - 1], stage->release[0 .. KNEAD_ACTUATORS - 1];
      loop variant count - i; */
    for (uint8_t i = 0; i < count; i++) {
        stage->attack[i] = slew_of(actuator_u16(self, i, ACTUATOR_ATTACK));
        stage->release[i] = slew_of(actuator_u16(self, i, ACTUATOR_RELEASE));
    }
}

bool stage_begin(struct output_stage *stage, const struct device_self *self, const uint8_t *ceilings) {
    begin_slews(stage, self);
    stage->count = identity_u8(self, IDENTITY_ACTUATORS);
    stage->budget = (uint32_t)identity_u16(self, IDENTITY_POWER_BUDGET) << 8;
    /*@ assert still_slews: \forall integer i; 0 <= i < KNEAD_ACTUATORS ==> stage->out[i] == 0; */
    /*@ assert fresh: \forall integer i; 0 <= i < KNEAD_ACTUATORS ==> stage->lines.of[i].target == 0; */
    lines_begin(&stage->lines, self);
    /*@ assert still_lines: \forall integer i; 0 <= i < KNEAD_ACTUATORS ==> stage->out[i] == 0; */
    /*@ assert silent: \forall integer i; 0 <= i < KNEAD_ACTUATORS ==> stage->drives[i] == 0; */
    /*@ assert slews_lines: \forall integer i; 0 <= i < identity_at(self, IDENTITY_ACTUATORS) ==>
      stage->release[i] >= RELEASE_MIN_Q8; */
    const bool fits = points_find(&stage->points, self);
    /*@ assert few: 0 < stage->count <= KNEAD_ACTUATORS; */
    /*@ assert out: \forall integer i; 0 <= i < stage->count ==> stage->out[i] == 0; */
    /*@ assert still: still(stage); */
    /*@ assert slews: \forall integer i; 0 <= i < identity_at(self, IDENTITY_ACTUATORS) ==>
      stage->release[i] >= RELEASE_MIN_Q8; */
    /*@ assert lines: valid_lines(&stage->lines, stage->count); */
    /*@ assert waits: stage->lines.ramp == RAMP_NONE && stage->lines.left == 0 && stage->lines.queue.count == 0; */
    /*@ assert targets: \forall integer i; 0 <= i < stage->count ==> stage->lines.of[i].target == 0; */
    /*@ assert points: fits ==> valid_points(&stage->points, stage->count); */
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

/* Where all are put out at next. */
/*@ requires \valid_read(stage) && valid_stage(stage) && within(stage);
  requires \valid(next + (0 .. KNEAD_ACTUATORS - 1)) && \separated(stage, next + (0 .. KNEAD_ACTUATORS - 1));
  requires \separated(stage->ceilings + (0 .. stage->count - 1), next + (0 .. KNEAD_ACTUATORS - 1));
  assigns next[0 .. KNEAD_ACTUATORS - 1];
  ensures allowed: \forall integer i; 0 <= i < stage->count ==> allowed(stage, i, next[i]); */
static void find_next(const struct output_stage *stage, uint16_t *next) {
    uint32_t sum = 0;
    /*@ loop invariant 0 <= i <= stage->count;
      loop invariant \forall integer j; 0 <= j < i ==> allowed(stage, j, next[j]);
      loop assigns i, sum, next[0 .. KNEAD_ACTUATORS - 1];
      loop variant stage->count - i; */
    for (uint8_t i = 0; i < stage->count; i++) {
        next[i] = limited(stage, i);
        sum += next[i];
    }
    /*@ assert points: valid_points(&stage->points, stage->count); */
    /*@ assert lines: valid_lines(&stage->lines, stage->count); */
    /*@ assert releases: \forall integer i; 0 <= i < stage->count ==> stage->release[i] >= RELEASE_MIN_Q8; */
    if (sum > stage->budget) {
        scale_rises(stage, next, sum);
    }
}

/*@ requires \valid(stage) && stage->count <= KNEAD_ACTUATORS && \valid_read(next + (0 .. stage->count - 1));
  requires \separated(stage, next + (0 .. stage->count - 1));
  assigns stage->out[0 .. KNEAD_ACTUATORS - 1], stage->drives[0 .. KNEAD_ACTUATORS - 1];
  ensures \forall integer i; 0 <= i < stage->count ==>
    stage->out[i] == next[i] && drive_of(stage->drives[i], next[i]); */
static void put_out(struct output_stage *stage, const uint16_t *next) {
    /*@ loop invariant 0 <= i <= stage->count;
      loop invariant \forall integer j; 0 <= j < i ==> stage->out[j] == next[j];
      loop invariant \forall integer j; 0 <= j < i ==> drive_of(stage->drives[j], next[j]);
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

/* 2. to 5., of all actuators. */
/*@ requires \valid(stage) && valid_stage(stage) && within(stage) && tapers(stage);
  assigns stage->out[0 .. KNEAD_ACTUATORS - 1], stage->drives[0 .. KNEAD_ACTUATORS - 1],
    stage->rates[0 .. KNEAD_ACTUATORS - 1];
  ensures within: within(stage);
  ensures points: same_points{Pre, Here}(stage) && same_spans{Pre, Here}(stage);
  ensures tapers: \forall integer i; 0 <= i < stage->count ==> tapered(stage->out[i], longer(span_of(stage, i)));
  ensures put_out: \forall integer i; 0 <= i < stage->count ==> drive_of(stage->drives[i], stage->out[i]);
  ensures ceilings: \forall integer i; 0 <= i < stage->count ==> stage->drives[i] <= stage->ceilings[i];
  ensures ends: \forall integer i; 0 <= i < stage->count && stage->drives[i] != 0 ==>
    longer(span_of(stage, i)) < DWELL_MS;
  ensures stays: \forall integer i; 0 <= i < stage->count && \old(stage->lines.of[i].target == 0 && stage->out[i] == 0)
    ==> stage->out[i] == 0; */
static void move(struct output_stage *stage) {
    uint16_t next[KNEAD_ACTUATORS];
    find_next(stage, next);
    /*@ assert next: \forall integer i; 0 <= i < stage->count ==> tapered(next[i], longer(span_of(stage, i))); */
    /*@ assert stays: \forall integer i; 0 <= i < stage->count &&
      \at(stage->lines.of[i].target == 0 && stage->out[i] == 0, Pre) ==> next[i] == 0; */
    /*@ assert ends: \forall integer i; 0 <= i < stage->count && next[i] >= 256 ==> longer(span_of(stage, i)) < DWELL_MS; */
    /*@ assert limits: \forall integer i; 0 <= i < stage->count ==> next[i] <= 256 * stage->ceilings[i]; */
    put_out(stage, next);
    /*@ assert points_out: same_points{Pre, Here}(stage); */
    /*@ assert spans_out: same_spans{Pre, Here}(stage); */
    /*@ assert lines_out: valid_lines(&stage->lines, stage->count); */
    /*@ assert within_out: within(stage); */
    /*@ assert tapers_out: \forall integer i; 0 <= i < stage->count ==>
      tapered(stage->out[i], longer(span_of(stage, i))); */
    /*@ assert ends_out: \forall integer i; 0 <= i < stage->count && stage->drives[i] != 0 ==>
      longer(span_of(stage, i)) < DWELL_MS; */
    /*@ assert ceilings_out: \forall integer i; 0 <= i < stage->count ==> stage->drives[i] <= stage->ceilings[i]; */
    put_out_rates(stage);
    /*@ assert points: same_points{Pre, Here}(stage); */
    /*@ assert spans: same_spans{Pre, Here}(stage); */
}

/* A tick of work at each point where something is put out; nothing else changes. */
/*@ requires \valid(stage) && valid_points(&stage->points, stage->count);
  assigns stage->points.at[0 .. KNEAD_POINTS - 1];
  ensures points: valid_points(&stage->points, stage->count);
  ensures works: \forall integer i; 0 <= i < stage->count && stage->drives[i] != 0 ==>
    stage->points.at[stage->points.of[i]].rest_ms == 0 && span_of(stage, i) == \old(longer(span_of(stage, i)));
  ensures out: \forall integer i; 0 <= i < stage->count ==> stage->out[i] == \old(stage->out[i]);
  ensures spans: \forall integer i; 0 <= i < stage->count ==> span_of(stage, i) <= \old(longer(span_of(stage, i))); */
static void count_work(struct output_stage *stage) {
    points_count(&stage->points, stage->drives, stage->count);
    /*@ assert at: \forall integer p; 0 <= p < stage->points.count ==>
      stage->points.at[p].span_ms <= \at(longer(stage->points.at[p].span_ms), Pre); */
}

/* What the lines ask for, as far as it is allowed, and a tick of work at each point where something is put out. */
/*@ requires \valid(stage) && valid_stage(stage) && within(stage) && tapers(stage);
  assigns stage->out[0 .. KNEAD_ACTUATORS - 1], stage->drives[0 .. KNEAD_ACTUATORS - 1],
    stage->rates[0 .. KNEAD_ACTUATORS - 1], stage->points.at[0 .. KNEAD_POINTS - 1];
  ensures valid: valid_stage(stage);
  ensures within: within(stage);
  ensures tapers: tapers(stage);
  ensures put_out: \forall integer i; 0 <= i < stage->count ==> drive_of(stage->drives[i], stage->out[i]);
  ensures counts: \forall integer i; 0 <= i < stage->count && stage->drives[i] != 0 ==>
    stage->points.at[stage->points.of[i]].rest_ms == 0 && span_of(stage, i) == \old(longer(span_of(stage, i)));
  ensures ceilings: \forall integer i; 0 <= i < stage->count ==> stage->drives[i] <= stage->ceilings[i];
  ensures ends: \forall integer i; 0 <= i < stage->count && stage->drives[i] != 0 ==> span_of(stage, i) < DWELL_MS;
  ensures stays: \old(still(stage) && at_rest(&stage->lines, stage->count)) ==> still(stage); */
static void play(struct output_stage *stage) {
    move(stage);
    /*@ assert points: valid_points(&stage->points, stage->count); */
    /*@ assert lines_moved: valid_lines(&stage->lines, stage->count); */
    /*@ assert released: \forall integer i; 0 <= i < stage->count ==> stage->release[i] >= RELEASE_MIN_Q8; */
    /*@ assert stays: \at(still(stage) && at_rest(&stage->lines, stage->count), Pre) ==> still(stage); */
    count_work(stage);
    /*@ assert lines: valid_lines(&stage->lines, stage->count); */
    /*@ assert releases: \forall integer i; 0 <= i < stage->count ==> stage->release[i] >= RELEASE_MIN_Q8; */
    /*@ assert valid: valid_stage(stage); */
}

/* 1. Lines; nothing else changes. */
/*@ requires \valid(stage) && valid_lines(&stage->lines, stage->count) && valid_points(&stage->points, stage->count);
  assigns stage->lines;
  ensures lines: valid_lines(&stage->lines, stage->count);
  ensures rests: \old(at_rest(&stage->lines, stage->count)) ==> at_rest(&stage->lines, stage->count);
  ensures same: same_points{Pre, Here}(stage) && same_spans{Pre, Here}(stage);
  ensures points: valid_points(&stage->points, stage->count); */
static void follow(struct output_stage *stage, uint16_t t) {
    lines_follow(&stage->lines, stage->count, t);
    /*@ assert same: same_points{Pre, Here}(stage); */
    /*@ assert spans: same_spans{Pre, Here}(stage); */
}

void stage_tick(struct output_stage *stage, uint16_t t) {
    follow(stage, t);
    /*@ assert same: stage->count == \at(stage->count, Pre) && stage->ceilings == \at(stage->ceilings, Pre); */
    /*@ assert releases: \forall integer i; 0 <= i < stage->count ==> stage->release[i] >= RELEASE_MIN_Q8; */
    /*@ assert valid: valid_stage(stage); */
    /*@ assert out: \forall integer i; 0 <= i < stage->count ==> stage->out[i] == \at(stage->out[i], Pre); */
    /*@ assert ceilings: \forall integer i; 0 <= i < stage->count ==>
      stage->ceilings[i] == \at(stage->ceilings[i], Pre); */
    /*@ assert within: within(stage); */
    /*@ assert tapers: tapers(stage); */
    /*@ assert idle: \at(idle(stage), Pre) ==> idle(stage); */
    /*@ ghost Followed: ; */
    play(stage);
    /*@ assert waits: stage->lines.left == \at(stage->lines.left, Followed) &&
      stage->lines.queue.count == \at(stage->lines.queue.count, Followed); */
    /*@ assert targets: \forall integer i; 0 <= i < stage->count ==>
      stage->lines.of[i].target == \at(stage->lines.of[i].target, Followed); */
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
