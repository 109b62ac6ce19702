"""How a delivery becomes rows: each module is one station on the way, in this order.

``staging`` read and judge · ``splitting`` give every row its fate · ``quarantine`` put bad rows aside · ``writing`` into the
lake · ``publishing`` make visible. ``loading`` takes one delivery along all of them, ``runs`` takes many and finishes what
a crash left, ``replays`` takes corrected rows out of quarantine along the same way.
"""
