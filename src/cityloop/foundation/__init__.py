"""What every feature stands on, without a word about cities.

errors (one tree, stable codes, two languages) · settings · clock · i18n · units · db (state store) ·
audit (hash-chained record of acts) · prepared (statements of every act) · outbox (events to other features) · jobs (work with leases) ·
log (structured, without secrets) · web (one error shape, live channel).
"""
