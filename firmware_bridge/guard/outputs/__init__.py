"""What a guard drives that has no guard of its own: the dialects of devices that are sold.

    output     what a guard's process asks of any of them
    stream     an output over bytes: what is said again, what waits, what must arrive
    hf8        a seat pad of eight motors on a serial port
    tcode      axes of vibration, T-Code v0.3

A dialect is drives in and bytes out, and opens nothing. None knows a limit: those are the guard's.
"""
