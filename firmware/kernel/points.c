#include "points.h"

#include "messages.h"

/*@ assigns \nothing;
  ensures \result == \abs(one - other); */
static uint16_t apart(int16_t one, int16_t other) {
    return (uint16_t)(one > other ? (int32_t)one - other : (int32_t)other - one);
}

/* Whether the centre of each lies within the footprint of the other. */
/*@ requires \valid_read(self) && one < KNEAD_ACTUATORS && other < KNEAD_ACTUATORS;
  requires has_rows(self, one + 1) && has_rows(self, other + 1);
  assigns \nothing; */
static bool overlap(const struct device_self *self, uint8_t one, uint8_t other) {
    const int16_t x = actuator_i16(self, one, ACTUATOR_X_MM);
    const int16_t y = actuator_i16(self, one, ACTUATOR_Y_MM);
    const int16_t other_x = actuator_i16(self, other, ACTUATOR_X_MM);
    const int16_t other_y = actuator_i16(self, other, ACTUATOR_Y_MM);
    if (x == NOWHERE_MM || y == NOWHERE_MM || other_x == NOWHERE_MM || other_y == NOWHERE_MM) {
        return false;
    }
    const uint8_t radius = actuator_u8(self, one, ACTUATOR_RADIUS_MM);
    const uint8_t other_radius = actuator_u8(self, other, ACTUATOR_RADIUS_MM);
    const uint32_t reach = radius < other_radius ? radius : other_radius;
    const uint32_t across = apart(x, other_x);
    const uint32_t along = apart(y, other_y);
    if (across > reach || along > reach) {
        return false; /* and the squares of what is left fit */
    }
    return across * across + along * along <= reach * reach;
}

bool points_find(struct points *points, const struct device_self *self) {
    const uint8_t count = identity_u8(self, IDENTITY_ACTUATORS);
    uint8_t *of = points->of;
    /*@ loop invariant 0 <= i <= count;
      loop invariant \forall integer j; 0 <= j < i ==> of[j] < i && of[j] <= j;
      loop assigns i, points->of[0 .. KNEAD_ACTUATORS - 1];
      loop variant count - i; */
    for (uint8_t i = 0; i < count; i++) { /* a point is named by the first of its actuators */
        of[i] = i;
        /*@ loop invariant 0 <= k <= i;
          loop invariant \forall integer j; 0 <= j <= i ==> of[j] <= j;
          loop assigns k, points->of[0 .. KNEAD_ACTUATORS - 1];
          loop variant i - k; */
        for (uint8_t k = 0; k < i; k++) {
            if (of[i] == of[k] || !overlap(self, i, k)) {
                continue;
            }
            const uint8_t kept = of[i] < of[k] ? of[i] : of[k];
            const uint8_t lost = of[i] < of[k] ? of[k] : of[i];
            /*@ loop invariant 0 <= j <= i + 1;
              loop invariant \forall integer l; 0 <= l <= i ==> of[l] <= l;
              loop assigns j, points->of[0 .. KNEAD_ACTUATORS - 1];
              loop variant i + 1 - j; */
            for (uint8_t j = 0; j <= i; j++) {
                of[j] = of[j] == lost ? kept : of[j];
            }
        }
    }
    points->count = 0;
    /*@ loop invariant 0 <= i <= count;
      loop invariant points->count <= i && points->count <= KNEAD_POINTS;
      loop invariant \forall integer p; 0 <= p < points->count ==>
        points->at[p].must_rest && points->at[p].span_ms == 0 && points->at[p].rest_ms == 0;
      loop invariant \forall integer j; 0 <= j < i ==> of[j] < points->count;
      loop invariant \forall integer j; i <= j < count ==> of[j] <= j;
      loop assigns i, *points;
      loop variant count - i; */
    for (uint8_t i = 0; i < count; i++) { /* and then by its number: that of its first has been given before */
        if (of[i] != i) {
            of[i] = of[of[i]];
        } else if (points->count < KNEAD_POINTS) {
            points->at[points->count].span_ms = 0;
            points->at[points->count].rest_ms = 0;
            points->at[points->count].must_rest = true;
            of[i] = points->count++;
        } else {
            return false;
        }
    }
    return true;
}

void points_count(struct points *points, const uint8_t *drives, uint8_t count) {
    bool works[KNEAD_POINTS] = {false};
    /*@ loop invariant 0 <= i <= count;
      loop invariant \forall integer j; 0 <= j < i && drives[j] != 0 ==> works[points->of[j]];
      loop assigns i, works[0 .. KNEAD_POINTS - 1];
      loop variant count - i; */
    for (uint8_t i = 0; i < count; i++) {
        if (drives[i] != 0) {
            works[points->of[i]] = true;
        }
    }
    /*@ loop invariant 0 <= point <= points->count;
      loop invariant \forall integer p; 0 <= p < point ==>
        counted(points->at[p].span_ms, points->at[p].must_rest,
                \at(points->at[p].span_ms, Pre), \at(points->at[p].must_rest, Pre));
      loop invariant \forall integer p; 0 <= p < point && works[p] ==>
        points->at[p].rest_ms == 0 && points->at[p].span_ms == longer(\at(points->at[p].span_ms, Pre));
      loop invariant valid_points(points, count);
      loop invariant \forall integer p; point <= p < points->count ==>
        points->at[p].span_ms == \at(points->at[p].span_ms, Pre) &&
        points->at[p].must_rest == \at(points->at[p].must_rest, Pre);
      loop assigns point, points->at[0 .. KNEAD_POINTS - 1];
      loop variant points->count - point; */
    for (uint8_t point = 0; point < points->count; point++) {
        uint16_t span_ms = points->at[point].span_ms;
        uint16_t rest_ms = points->at[point].rest_ms;
        if (!works[point] && rest_ms >= REST_MS) {
            continue; /* its span is over already */
        }
        if (works[point]) {
            rest_ms = 0;
        } else {
            rest_ms++;
        }
        if (rest_ms >= REST_MS) {
            span_ms = 0;
            points->at[point].must_rest = false;
        } else {
            if ((works[point] || span_ms > 0) && span_ms < UINT16_MAX) {
                span_ms++;
            }
            if (span_ms >= DWELL_RELEASE_MS) {
                points->at[point].must_rest = true;
            }
        }
        points->at[point].span_ms = span_ms;
        points->at[point].rest_ms = rest_ms;
    }
}

bool points_rest(const struct points *points, uint8_t index) { return points->at[points->of[index]].must_rest; }
