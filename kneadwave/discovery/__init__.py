"""What is plugged in, and what it may be: from what the system tells, without opening anything.

system     what the system tells: ports, sound cards, input nodes, who listens
found      what each of these is likely to be
probe      asks one port, which a person has named, in every dialect that is known
"""
