/* What no session reaches, as another part keeps it from coming: each part holds its own limit all the same.
 *
 * A program of the kernel in the sizes of firmware/host/small_port.h; it ends with 0, or says which line fails.
 */
#include <stdio.h>
#include <string.h>

#include "device.h"
#include "framing.h"
#include "identity.h"
#include "outbox.h"
#include "output_stage.h"
#include "points.h"

static int failures;

#define HOLDS(what)                                                \
    do {                                                           \
        if (!(what)) {                                             \
            printf("%s:%d: not so: %s\n", __FILE__, __LINE__, #what); \
            failures++;                                            \
        }                                                          \
    } while (0)

enum { FREE = 0xFFFF, FULL = 255 << 8 };

static const uint8_t CEILINGS[] = {10, 255};

/* Two actuators of two points that may move as fast as they like. */
static struct output_stage stage_of_two(void) {
    struct output_stage stage;
    memset(&stage, 0, sizeof stage);
    stage.ceilings = CEILINGS;
    stage.count = 2;
    stage.budget = 2 * FULL;
    stage.points.count = 2;
    for (uint8_t i = 0; i < 2; i++) {
        stage.points.of[i] = i;
        stage.attack[i] = FREE;
        stage.release[i] = FREE;
    }
    return stage;
}

static void a_line_above_a_ceiling_is_put_out_at_it(void) {
    struct output_stage stage = stage_of_two();
    stage.lines.of[0].target = 200 << 8;
    stage_tick(&stage, 1);
    HOLDS(stage.drives[0] == 10);
    HOLDS(stage.drives[1] == 0);
}

static void outputs_over_budget_do_not_rise(void) {
    struct output_stage stage = stage_of_two();
    stage.lines.of[1].target = FULL;
    stage_tick(&stage, 1);
    HOLDS(stage.drives[1] == 255);
    stage.budget = FULL / 2;
    stage_tick(&stage, 2); /* nothing rises, and there is nothing to scale */
    HOLDS(stage.drives[1] == 255);
    stage.lines.of[0].target = 5 << 8;
    stage_tick(&stage, 3);
    HOLDS(stage.drives[0] == 0);
}

static void a_keyframe_that_is_late_is_due_at_once(void) {
    struct output_stage stage = stage_of_two();
    struct keyframe keyframe;
    memset(&keyframe, 0, sizeof keyframe);
    keyframe.t = 5;
    keyframe.setpoints.drives[1] = 9;
    stage.lines.queue.slots = SLOTS_MIN;
    stage_push(&stage, &keyframe);
    stage_tick(&stage, 6);
    HOLDS(stage.drives[1] == 9);
    HOLDS(stage.lines.left == 0);
    HOLDS(queue_free_slots(&stage.lines.queue) == SLOTS_MIN);
    keyframe.t = (uint16_t)(6 + AHEAD_MAX_MS);
    keyframe.setpoints.drives[1] = 0;
    stage_push(&stage, &keyframe);
    stage_tick(&stage, 7); /* the last that is not late: one step of 500 */
    HOLDS(stage.lines.left == AHEAD_MAX_MS - 1);
    HOLDS(stage.out[1] == (9 << 8) - 5);
}

static void a_span_that_never_ends_is_counted_to_its_most(void) {
    struct output_stage stage = stage_of_two();
    const uint8_t drives[] = {1, 0};
    stage.points.at[0].span_ms = UINT16_MAX - 1;
    for (int i = 0; i < 3; i++) {
        points_count(&stage.points, drives, 2);
    }
    HOLDS(stage.points.at[0].span_ms == UINT16_MAX);
    HOLDS(points_rest(&stage.points, 0));
    HOLDS(!points_rest(&stage.points, 1));
}

static uint8_t points_of(int16_t x, int16_t y, int16_t other_x, int16_t other_y) {
    uint8_t identity[IDENTITY_SIZE] = {0};
    uint8_t table[2 * ACTUATOR_SIZE] = {0};
    const int16_t at[2][2] = {{x, y}, {other_x, other_y}};
    const struct device_self self = {.identity = identity, .table = table};
    struct points points;
    identity[IDENTITY_ACTUATORS] = 2;
    for (uint8_t i = 0; i < 2; i++) {
        uint8_t *row = table + i * ACTUATOR_SIZE;
        row[ACTUATOR_RADIUS_MM] = 30;
        for (uint8_t k = 0; k < 2; k++) {
            const uint16_t bits = (uint16_t)at[i][k];
            row[ACTUATOR_X_MM + 2 * k] = (uint8_t)(bits & 0xFF);
            row[ACTUATOR_X_MM + 2 * k + 1] = (uint8_t)(bits >> 8);
        }
    }
    memset(&points, FREE & 0xFF, sizeof points); /* whatever was there */
    HOLDS(points_find(&points, &self));
    for (uint8_t p = 0; p < points.count; p++) {
        HOLDS(points.at[p].span_ms == 0 && points.at[p].rest_ms == 0 && points.at[p].must_rest);
    }
    return points.count;
}

static void what_lies_nowhere_shares_no_point(void) {
    HOLDS(points_of(0, 0, 0, 0) == 1);
    HOLDS(points_of(0, 30, 0, 0) == 1);
    HOLDS(points_of(0, 31, 0, 0) == 2);
    HOLDS(points_of(30, 0, 0, 0) == 1);
    HOLDS(points_of(31, 0, 0, 0) == 2);
    HOLDS(points_of(NOWHERE_MM + 1, 0, NOWHERE_MM + 9, 0) == 1); /* a place like any other */
    HOLDS(points_of(NOWHERE_MM, 0, NOWHERE_MM + 9, 0) == 2);
    HOLDS(points_of(NOWHERE_MM + 9, 0, NOWHERE_MM, 0) == 2);
    HOLDS(points_of(0, NOWHERE_MM, 0, NOWHERE_MM + 9) == 2);
    HOLDS(points_of(0, NOWHERE_MM + 9, 0, NOWHERE_MM) == 2);
    HOLDS(points_of(NOWHERE_MM, NOWHERE_MM, NOWHERE_MM, NOWHERE_MM) == 2);
}

static void the_oldest_status_is_forgotten_where_there_is_no_room(void) {
    struct outbox outbox;
    uint8_t taken[ENCODED_MAX];
    memset(&outbox, 0, sizeof outbox);
    outbox_begin(&outbox, 1, 0);
    for (int i = 0; i <= KNEAD_STATUSES; i++) {
        outbox_send(&outbox, STATUS, taken, 0);
        HOLDS(outbox_take(&outbox, taken, 1) == 1); /* no more than there is room for */
        while (outbox_take(&outbox, taken, sizeof taken) > 0) {
        }
    }
    HOLDS(outbox.unspoken == KNEAD_STATUSES);
    HOLDS(!outbox_redeem(&outbox, 1));
    HOLDS(outbox_redeem(&outbox, 2));
    HOLDS(outbox_redeem(&outbox, KNEAD_STATUSES + 1));
}

static void a_queue_begins_empty_whatever_was_there(void) {
    struct queue queue;
    struct keyframe keyframe;
    memset(&queue, FREE & 0xFF, sizeof queue);
    memset(&keyframe, 0, sizeof keyframe);
    queue_begin(&queue, SLOTS_MIN);
    HOLDS(queue_free_slots(&queue) == SLOTS_MIN);
    keyframe.seq = 9;
    queue_push(&queue, &keyframe);
    HOLDS(queue_front(&queue)->seq == 9);
}

static void an_identity_of_nothing_is_not_sound(void) {
    uint8_t identity[IDENTITY_SIZE] = {0};
    const struct device_self self = {.identity = identity, .table = NULL};
    HOLDS(!identity_is_sound(&self));
    identity[IDENTITY_ACTUATORS] = KNEAD_ACTUATORS + 1;
    HOLDS(!identity_is_sound(&self));
    identity[IDENTITY_ACTUATORS] = 1;
    HOLDS(!identity_is_sound(&self)); /* no slots */
    identity[IDENTITY_SLOTS] = SLOTS_MIN - 1;
    HOLDS(!identity_is_sound(&self));
    identity[IDENTITY_SLOTS] = KNEAD_SLOTS + 1;
    HOLDS(!identity_is_sound(&self));
}

static void a_device_that_did_not_start_does_nothing(void) {
    static const uint8_t stops[] = {0, 0, 0, 0};
    static struct knead_device device;
    const struct device_self self = {.identity = NULL, .table = NULL};
    uint8_t told[8];
    HOLDS(!knead_start(&device, &self, 0, 1000, false));
    knead_advance(&device, 1100);
    HOLDS(device.now_ms == 1100);
    knead_advance(&device, 1099); /* an earlier time */
    HOLDS(device.now_ms == 1100);
    knead_receive(&device, stops, sizeof stops);
    knead_line_break(&device);
    knead_line_dropped(&device);
    knead_press_button(&device);
    HOLDS(knead_transmit(&device, told, sizeof told) == 0);
    HOLDS(!knead_permits(&device));
}

int main(void) {
    a_line_above_a_ceiling_is_put_out_at_it();
    outputs_over_budget_do_not_rise();
    a_keyframe_that_is_late_is_due_at_once();
    a_span_that_never_ends_is_counted_to_its_most();
    what_lies_nowhere_shares_no_point();
    the_oldest_status_is_forgotten_where_there_is_no_room();
    a_queue_begins_empty_whatever_was_there();
    an_identity_of_nothing_is_not_sound();
    a_device_that_did_not_start_does_nothing();
    return failures != 0;
}
