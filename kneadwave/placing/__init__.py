"""Finding out where each motor of a new device lies, and writing that down as a description.

confirm      nobody sits on it: what is asked before each run
pulses       the device, open for short soft pulses of one channel at a time
places       what somebody says of a channel: a zone and a side, millimetres, or that it stays off
notes        what was said so far, in a file beside the description; answers without a terminal, too
procedure    channel by channel: a pulse, a question, an answer
written      the description
"""
