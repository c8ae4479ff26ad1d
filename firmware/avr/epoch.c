#include "epoch.h"

#include <avr/eeprom.h>

#include "device.h"

static uint8_t kept EEMEM;

/* One more than the last: it takes 255 lives until one comes again, which no drawing by lot could promise. */
uint8_t epoch_begin(void) {
    const uint8_t last = eeprom_read_byte(&kept);
    const uint8_t epoch = knead_epoch(last, (uint8_t)(last + 1U));
    eeprom_write_byte(&kept, epoch);
    eeprom_busy_wait();
    return epoch;
}
