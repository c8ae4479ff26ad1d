/* How a machine begins, and with which limits a session does. */
#include "machine.h"

/* The stage begins; nothing else changes. */
/*@ requires \valid(machine) && fresh(machine) && valid_self(self) && \separated(machine, self);
  assigns machine->stage;
  ensures begun: machine->stage.count == identity_at(self, IDENTITY_ACTUATORS) &&
    machine->stage.ceilings == &machine->limits.ceilings[0];
  ensures still: still(&machine->stage);
  ensures silent: \forall integer i; 0 <= i < machine->stage.count ==> machine->stage.drives[i] == 0;
  ensures rests: at_rest(&machine->stage.lines, machine->stage.count);
  ensures lines: valid_lines(&machine->stage.lines, machine->stage.count);
  ensures valid: \result ==> valid_stage(&machine->stage);
  ensures disarmed: machine->state == DISARMED;
  ensures self: machine->self == \old(machine->self) && valid_self(self);
  ensures none: no_limits(machine); */
static bool begin_stage(struct machine *machine, const struct device_self *self) {
    const bool fits = stage_begin(&machine->stage, self, machine->limits.ceilings);
    /*@ assert table: same_self{Pre, Here}(self); */
    /*@ assert rows: has_identity(self) && has_rows(self, identity_at(self, IDENTITY_ACTUATORS)); */
    /*@ assert ceilings_of_none: \forall integer i; 0 <= i < KNEAD_ACTUATORS ==> machine->limits.ceilings[i] == 0; */
    return fits;
}

bool machine_begin(struct machine *machine, const struct device_self *self, uint16_t now, bool cuts) {
    machine->self = self;
    machine->now = now;
    machine->cuts = cuts;
    /*@ assert table: same_self{Pre, Here}(self); */
    /*@ assert rows: has_identity(self) && has_rows(self, identity_at(self, IDENTITY_ACTUATORS)); */
    /*@ assert known: valid_self(self); */
    /*@ assert fresh: fresh(machine); */
    const bool fits = begin_stage(machine, self);
    /*@ assert self: machine->self == self && valid_self(self); */
    /*@ assert quiet: quiet(machine); */
    /*@ assert limits: valid_limits(&machine->limits, self); */
    /*@ assert ruled: ruled(machine); */
    /*@ assert within: within(&machine->stage); */
    /*@ assert tapers: tapers(&machine->stage); */
    /*@ assert owned: owned(machine); */
    return fits;
}

enum reason machine_refuses_limits(const struct machine *machine) {
    if (machine->state == TRIPPED) {
        return REASON_TRIPPED;
    }
    return machine->state == DISARMED ? REASON_NONE : REASON_BUSY;
}

enum reason machine_take_limits(struct machine *machine, const uint8_t *payload, uint8_t size) {
    const enum reason refused = machine_refuses_limits(machine);
    if (refused != REASON_NONE) {
        return refused;
    }
    const bool taken = limits_take(&machine->limits, machine->self, payload, size);
    /*@ assert same: same_stage{Pre, Here}(machine); */
    /*@ assert lines: same_lines{Pre, Here}(machine) && valid_lines(&machine->stage.lines, machine->stage.count); */
    /*@ assert still: still(&machine->stage); */
    /*@ assert whole: \at(safe(machine), Pre) ==> whole(machine); */
    return taken ? REASON_NONE : REASON_NO_SUCH_ACTUATOR;
}
