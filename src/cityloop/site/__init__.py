"""The web app as the server hands it out: built pages from ``static/``, and the facts of the city every page needs.

``static/`` is made from ``web/`` by ``make web`` or by building the wheel (``hatch_build.py``); git does not keep it.
"""
