/* The sizes of the kernel on a computer: everything that the wire knows, and room for what nobody takes for long. */
#ifndef KNEAD_HOST_PORT_H
#define KNEAD_HOST_PORT_H

#define KNEAD_ACTUATORS 64
#define KNEAD_SLOTS 255
#define KNEAD_REPORTS 512

#endif
