#include "device.h"

#include <string.h>

#include "requests.h"

bool knead_start(struct knead_device *device, const struct device_self *self, uint8_t epoch, uint32_t now_ms,
                 bool cuts) {
    const uint16_t now = (uint16_t)(now_ms & 0xFFFFU);
    memset(device, 0, sizeof *device);
    device->now_ms = now_ms;
    decoder_begin(&device->decoder);
    outbox_begin(&device->outbox, epoch, now);
    device->sound = epoch != 0 && identity_is_sound(self) && machine_begin(&device->machine, self, now, cuts);
    return device->sound;
}

static void tick(struct knead_device *device) {
    struct machine *machine = &device->machine;
    outbox_tick(&device->outbox);
    machine_tick(machine);
    for (uint8_t cause = 0; cause < CAUSES_DUE; cause++) {
        machine_do_due(machine, (enum cause)cause);
        report_change(machine, &device->outbox, device->decoder.discarded);
    }
    if (outbox_owes_status(&device->outbox)) {
        report_status(machine, &device->outbox, device->decoder.discarded);
    }
}

void knead_advance(struct knead_device *device, uint32_t now_ms) {
    if (now_ms - device->now_ms > UINT32_MAX / 2) {
        return;
    }
    while (device->now_ms != now_ms) {
        device->now_ms++;
        if (device->sound) {
            tick(device);
        }
    }
}

static void stop(struct knead_device *device, enum reason reason) {
    if (device->sound) {
        machine_stop(&device->machine, reason);
        report_change(&device->machine, &device->outbox, device->decoder.discarded);
    }
}

void knead_line_break(struct knead_device *device) { stop(device, REASON_LINE_BREAK); }

void knead_line_dropped(struct knead_device *device) { stop(device, REASON_LINE_DROPPED); }

void knead_press_button(struct knead_device *device) {
    if (device->sound) {
        machine_press_button(&device->machine);
        report_change(&device->machine, &device->outbox, device->decoder.discarded);
    }
}

void knead_receive(struct knead_device *device, const uint8_t *data, uint16_t size) {
    for (uint16_t i = 0; device->sound && i < size; i++) {
        struct frame frame;
        switch (decoder_feed(&device->decoder, data[i], &frame)) {
        case DECODED_FRAME:
            requests_take(&device->machine, &device->outbox, &frame, device->decoder.discarded);
            break;
        case DECODED_STOP:
            stop(device, REASON_STOP_ZEROS);
            break;
        default:
            break;
        }
    }
}

uint16_t knead_transmit(struct knead_device *device, uint8_t *into, uint16_t most) {
    return outbox_take(&device->outbox, into, most);
}

const uint8_t *knead_drives(const struct knead_device *device) { return device->machine.stage.drives; }

const uint8_t *knead_rates(const struct knead_device *device) { return device->machine.stage.rates; }

bool knead_permits(const struct knead_device *device) { return machine_permits(&device->machine); }

uint8_t knead_epoch(uint8_t kept, uint8_t noise) {
    uint8_t epoch = noise;
    while (epoch == 0 || epoch == kept) {
        epoch++;
    }
    return epoch;
}
