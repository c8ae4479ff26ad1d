"""What a guard drives that has no guard of its own: the dialects of devices that are sold.

    output     what a guard's process asks of any of them
    stream     an output over bytes: what is said again, what waits, what must arrive
    hf8        a seat pad of eight motors on a serial port
    rumble     two motors of a game controller, by Linux
    tcode      axes of vibration, T-Code v0.3
    sound      an output over a sound card: what is looked after while it plays
    tones      drives and rates as sound, for shakers behind an amplifier
    intiface   devices that vibrate, behind Intiface
    buttplug   the words of its protocol

A dialect is drives in and bytes out, a tone bank drives in and samples out; neither opens
anything. None knows a limit: those are the guard's.
"""
