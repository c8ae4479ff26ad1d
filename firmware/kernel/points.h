/* Which actuators work the same point, and the span of that work: docs/wire.md, "Points and their span". */
#ifndef KNEAD_POINTS_H
#define KNEAD_POINTS_H

#include <stdbool.h>
#include <stdint.h>

#include "identity.h"
#include "sizes.h"

enum {
    DWELL_MS = 10000,                    /* longest span of work at one point; source article, rule 55 */
    DWELL_RELEASE_MS = DWELL_MS - 300,   /* after it the release begins, so that it is over before DWELL_MS */
    REST_MS = 2000                       /* without a break, this ends a span; project's choice */
};

struct points {
    uint8_t count;
    uint8_t of[KNEAD_ACTUATORS]; /* the point of each actuator */
    struct {
        uint16_t span_ms; /* how long it has been worked, gaps included */
        uint16_t rest_ms; /* how long it has been without work, at most REST_MS */
        bool must_rest;
    } at[KNEAD_POINTS];
};

/*@ predicate valid_points(struct points *points, integer count) =
    points->count <= KNEAD_POINTS && count <= KNEAD_ACTUATORS &&
    (\forall integer i; 0 <= i < count ==> points->of[i] < points->count) &&
    (\forall integer p; 0 <= p < points->count && points->at[p].rest_ms >= REST_MS ==>
      points->at[p].span_ms == 0 && !points->at[p].must_rest) &&
    (\forall integer p; 0 <= p < points->count && points->at[p].span_ms >= DWELL_RELEASE_MS ==>
      points->at[p].must_rest != 0); */

/* `counted`: a tick later a span is over, has not begun, or is a tick longer, and from DWELL_RELEASE_MS on owes a rest. */
/*@ logic integer longer(integer span_ms) = span_ms < UINT16_MAX ? span_ms + 1 : span_ms;

  predicate counted(integer span_ms, integer must_rest, integer before_ms, integer had_to_rest) =
    (span_ms == 0 && must_rest == 0) ||
    ((span_ms == longer(before_ms) || span_ms == before_ms && span_ms == 0) &&
     (must_rest != 0 <==> had_to_rest != 0 || span_ms >= DWELL_RELEASE_MS)); */

/* The points of a device that has just started: each owes its rest. False where there are too many of them. */
/*@ requires \valid(points) && valid_self(self) && \separated(points, self);
  assigns *points;
  ensures \result ==> valid_points(points, identity_at(self, IDENTITY_ACTUATORS));
  ensures \result ==> \forall integer p; 0 <= p < points->count ==>
    points->at[p].must_rest && points->at[p].span_ms == 0; */
bool points_find(struct points *points, const struct device_self *self);

/* Count one tick in which `drives` were put out, one for each of `count` actuators. */
/*@ requires \valid(points) && valid_points(points, count);
  requires \valid_read(drives + (0 .. count - 1)) && \separated(points, drives + (0 .. count - 1));
  assigns points->at[0 .. KNEAD_POINTS - 1];
  ensures valid_points(points, count);
  ensures counts: \forall integer p; 0 <= p < points->count ==>
    counted(points->at[p].span_ms, points->at[p].must_rest,
            \old(points->at[p].span_ms), \old(points->at[p].must_rest));
  ensures works: \forall integer i; 0 <= i < count && drives[i] != 0 ==> points->at[points->of[i]].rest_ms == 0 &&
    points->at[points->of[i]].span_ms == longer(\old(points->at[points->of[i]].span_ms)); */
void points_count(struct points *points, const uint8_t *drives, uint8_t count);

/* Whether the actuator is kept off to rest. */
/*@ requires \valid_read(points) && valid_points(points, index + 1);
  assigns \nothing;
  ensures \result == points->at[points->of[index]].must_rest; */
bool points_rest(const struct points *points, uint8_t index);

#endif
