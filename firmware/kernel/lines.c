#include "lines.h"

void lines_begin(struct lines *lines, const struct device_self *self) {
    const uint8_t count = identity_u8(self, IDENTITY_ACTUATORS);
    queue_begin(&lines->queue, identity_u8(self, IDENTITY_SLOTS));
    /*@ loop invariant 0 <= i <= count && lines->rated_count == rated_before(self->table, i);
      loop invariant \forall integer k; 0 <= k < lines->rated_count ==> lines->rated[k] < count;
      loop assigns i, lines->rated[0 .. KNEAD_RATED - 1], lines->rated_count;
      loop variant count - i; */
    for (uint8_t i = 0; i < count; i++) {
        if (actuator_is_rated(self, i)) {
            /*@ assert rated_before(self->table, i + 1) == lines->rated_count + 1; */
            lines->rated[lines->rated_count++] = i;
        }
    }
}

/* The next lines begin there, and in the next tick. */
/*@ requires \valid(lines) && count <= KNEAD_ACTUATORS && \valid_read(from + (0 .. count - 1));
  requires \separated(lines, from + (0 .. count - 1));
  assigns lines->left, lines->of[0 .. KNEAD_ACTUATORS - 1];
  ensures lines->left == 0;
  ensures \forall integer i; 0 <= i < count ==> lines->of[i].target == from[i]; */
static void start_from(struct lines *lines, const uint16_t *from, uint8_t count) {
    lines->left = 0;
    /*@ loop invariant 0 <= i <= count;
      loop invariant \forall integer j; 0 <= j < i ==> lines->of[j].target == from[j];
      loop assigns i, lines->of[0 .. KNEAD_ACTUATORS - 1];
      loop variant count - i; */
    for (uint8_t i = 0; i < count; i++) {
        lines->of[i].target = from[i];
    }
}

void lines_push(struct lines *lines, const uint16_t *from, uint8_t count, const struct keyframe *keyframe) {
    if (lines->queue.count == 0) {
        lines->ramp = RAMP_NONE;
        start_from(lines, from, count);
    }
    /*@ assert valid_lines(lines, count) && lines->ramp == RAMP_NONE; */
    queue_push(&lines->queue, keyframe);
    /*@ assert lines->rated_count == \at(lines->rated_count, Pre); */
    /*@ assert \forall integer k; 0 <= k < KNEAD_RATED ==> lines->rated[k] == \at(lines->rated[k], Pre); */
    /*@ assert lines->ramp == RAMP_NONE; */
}

void lines_ramp_down(struct lines *lines, const uint16_t *from, uint8_t count) {
    if (lines->ramp == RAMP_NONE) {
        queue_clear(&lines->queue);
        lines->ramp = RAMP_DUE;
        start_from(lines, from, count);
    }
}

void lines_cut(struct lines *lines, const uint16_t *from, uint8_t count) {
    queue_clear(&lines->queue);
    lines->ramp = RAMP_NONE;
    start_from(lines, from, count);
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

/*@ requires \valid(lines) && count <= KNEAD_ACTUATORS;
  assigns lines->ramp, lines->length, lines->left, lines->of[0 .. KNEAD_ACTUATORS - 1];
  ensures lines->ramp == RAMP_BEGUN && lines->left == RAMP_MS; */
static void begin_ramp(struct lines *lines, uint8_t count) {
    lines->ramp = RAMP_BEGUN;
    lines->length = lines->left = RAMP_MS;
    /*@ loop invariant 0 <= i <= count;
      loop assigns i, lines->of[0 .. KNEAD_ACTUATORS - 1];
      loop variant count - i; */
    for (uint8_t i = 0; i < count; i++) {
        line_begin(&lines->of[i], 0, RAMP_MS);
    }
}

/* The lines to the first keyframe of the queue. Its rates hold from now on, but for what it has off: no rate is given. */
/*@ requires \valid(lines) && valid_lines(lines, count) && lines->queue.count > 0;
  assigns lines->length, lines->left, lines->of[0 .. KNEAD_ACTUATORS - 1], lines->rate[0 .. KNEAD_RATED - 1];
  ensures 0 < lines->left <= AHEAD_MAX_MS; */
static void begin_lines(struct lines *lines, uint8_t count, uint16_t t) {
    const struct keyframe *end = queue_front(&lines->queue);
    const uint16_t after = (uint16_t)(end->t - t);
    lines->length = lines->left = (uint16_t)(after < AHEAD_MAX_MS ? after + 1 : 1); /* one that is late is due at once */
    /*@ loop invariant 0 <= i <= count;
      loop assigns i, lines->of[0 .. KNEAD_ACTUATORS - 1];
      loop variant count - i; */
    for (uint8_t i = 0; i < count; i++) {
        line_begin(&lines->of[i], (uint16_t)(end->setpoints.drives[i] * 256U), lines->length);
    }
    /*@ loop invariant 0 <= k <= lines->rated_count;
      loop assigns k, lines->rate[0 .. KNEAD_RATED - 1];
      loop variant lines->rated_count - k; */
    for (uint8_t k = 0; k < lines->rated_count; k++) {
        if (end->setpoints.drives[lines->rated[k]] != 0) {
            lines->rate[k] = end->setpoints.rates[k];
        }
    }
}

/* Whether lines run in tick `t`, which begins those that are due. */
/*@ requires \valid(lines) && valid_lines(lines, count);
  assigns lines->ramp, lines->length, lines->left, lines->of[0 .. KNEAD_ACTUATORS - 1],
    lines->rate[0 .. KNEAD_RATED - 1];
  ensures valid: valid_lines(lines, count);
  ensures runs: \result ==> lines->left > 0;
  ensures rests: \old(at_rest(lines, count)) ==> at_rest(lines, count) && !\result; */
static bool lines_run(struct lines *lines, uint8_t count, uint16_t t) {
    if (lines->left > 0) {
        return true;
    }
    if (lines->ramp == RAMP_DUE) {
        begin_ramp(lines, count);
        return true;
    }
    if (lines->queue.count > 0) {
        begin_lines(lines, count, t);
        return true;
    }
    return false;
}

/*@ requires \valid(lines) && count <= KNEAD_ACTUATORS;
  assigns lines->of[0 .. KNEAD_ACTUATORS - 1]; */
static void step(struct lines *lines, uint8_t count) {
    /*@ loop invariant 0 <= i <= count;
      loop assigns i, lines->of[0 .. KNEAD_ACTUATORS - 1];
      loop variant count - i; */
    for (uint8_t i = 0; i < count; i++) {
        struct line *line = &lines->of[i];
        line->target = (uint16_t)(line->target + line->step);
        line->error = (uint16_t)(line->error + line->rest);
        if (line->error >= lines->length) {
            line->error = (uint16_t)(line->error - lines->length);
            line->target++;
        }
    }
}

void lines_follow(struct lines *lines, uint8_t count, uint16_t t) {
    if (!lines_run(lines, count, t)) {
        return;
    }
    step(lines, count);
    lines->left--;
    if (lines->left == 0 && lines->ramp == RAMP_NONE) { /* they are at the first keyframe of the queue */
        lines->executed = queue_front(&lines->queue)->seq;
        queue_pop(&lines->queue);
    }
}
