/* The sizes of the kernel where it is called from outside: those of a computer. */
#ifndef KNEAD_ARM_PORT_H
#define KNEAD_ARM_PORT_H

#define KNEAD_ACTUATORS 64
#define KNEAD_SLOTS 255
#define KNEAD_REPORTS 512

#endif
