/* The sizes of a small board, as an ATmega328P could have them: what is different there is tried on a computer, too. */
#ifndef KNEAD_SMALL_PORT_H
#define KNEAD_SMALL_PORT_H

#define KNEAD_ACTUATORS 8
#define KNEAD_RATED 4
#define KNEAD_POINTS 6
#define KNEAD_SLOTS 16
#define KNEAD_STATUSES 32
#define KNEAD_REPORTS 4
#define KNEAD_CRC_TABLE

#endif
