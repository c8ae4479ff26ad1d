/* How large everything is: chosen by the port, at compile time. Nothing is allocated later.
 *
 * A port that wants other sizes names a header of its own: -DKNEAD_PORT='"port.h"'. Where flash is no ordinary
 * memory, as on an AVR, that header also says how constants are kept in it and read.
 */
#ifndef KNEAD_SIZES_H
#define KNEAD_SIZES_H

#ifdef KNEAD_PORT
#include KNEAD_PORT
#endif

#ifndef KNEAD_ACTUATORS
#define KNEAD_ACTUATORS 64 /* at most; the wire knows no more */
#endif
#ifndef KNEAD_RATED
#define KNEAD_RATED KNEAD_ACTUATORS /* at most: actuators whose rate can be set */
#endif
#ifndef KNEAD_POINTS
#define KNEAD_POINTS KNEAD_ACTUATORS /* at most: points that they work */
#endif
#ifndef KNEAD_SLOTS
#define KNEAD_SLOTS 32 /* at most: setpoints that wait in the queue; at least 8 */
#endif
#ifndef KNEAD_STATUSES
#define KNEAD_STATUSES 255 /* statuses that the host may still speak of; 255 is every number that one can have */
#endif
#ifndef KNEAD_REPORTS
#define KNEAD_REPORTS 8 /* reports that wait to go to the host; one for which there is no room is lost */
#endif

/* KNEAD_CRC_TABLE, where a port defines it, takes 1 KiB of constants for a CRC that is three times as fast. */

#ifndef KNEAD_FLASH
#define KNEAD_FLASH
#endif
#ifndef KNEAD_READ_U8
#define KNEAD_READ_U8(address) (*(address))
#endif
#ifndef KNEAD_READ_U32
#define KNEAD_READ_U32(address) (*(address))
#endif

#if KNEAD_ACTUATORS < 1 || KNEAD_ACTUATORS > 64 || KNEAD_RATED < 1 || KNEAD_RATED > KNEAD_ACTUATORS
#error "KNEAD_ACTUATORS has to be 1 to 64, KNEAD_RATED 1 to that"
#endif
#if KNEAD_POINTS < 1 || KNEAD_POINTS > KNEAD_ACTUATORS || KNEAD_SLOTS < 8 || KNEAD_SLOTS > 255
#error "KNEAD_POINTS has to be 1 to KNEAD_ACTUATORS, KNEAD_SLOTS 8 to 255"
#endif
#if KNEAD_STATUSES < 16 || KNEAD_STATUSES > 255 || KNEAD_REPORTS < 4 || KNEAD_REPORTS > 512
#error "KNEAD_STATUSES has to be 16 to 255, KNEAD_REPORTS 4 to 512"
#endif

#endif
