"""What the compiler writes: whole statements, so that a change of meaning shows in the diff."""

from inline_snapshot import snapshot
from town import NOW, SNAPSHOT, ZONE

from cityloop.metrics import Query, compile_query, compiled


def sql(**query) -> str:
    return compile_query(Query(**query), SNAPSHOT, NOW, ZONE).sql(dialect="duckdb", pretty=True)


def test_one_metric_reads_one_table() -> None:
    assert sql(metrics=["visit_count"]) == snapshot("""\
WITH "fact_0" AS (
  SELECT
    COUNT(*) AS "visit_count"
  FROM "visits" AS "fact"
)
SELECT
  "visit_count"
FROM "fact_0"\
""")


def test_days_are_cut_and_ranges_bounded_in_local_time() -> None:
    assert sql(metrics=["visit_count"], grain="day", range={"last": "7d"}) == snapshot("""\
WITH "fact_0" AS (
  SELECT
    CAST("fact"."arrived_at" AT TIME ZONE 'Asia/Shanghai' AS DATE) AS "time",
    COUNT(*) AS "visit_count"
  FROM "visits" AS "fact"
  WHERE
    "fact"."arrived_at" >= CAST('2026-09-23 16:00:00+00:00' AS TIMESTAMPTZ)
    AND "fact"."arrived_at" < CAST('2026-09-30 16:00:00+00:00' AS TIMESTAMPTZ)
  GROUP BY
    CAST("fact"."arrived_at" AT TIME ZONE 'Asia/Shanghai' AS DATE)
)
SELECT
  "time",
  "visit_count"
FROM "fact_0"
ORDER BY
  "time" ASC\
""")


def test_dates_are_compared_as_local_days() -> None:
    range_ = {"from": "2026-09-01", "to": "2026-10-01"}
    assert sql(metrics=["spend"], grain="month", range=range_) == snapshot("""\
WITH "fact_0" AS (
  SELECT
    CAST(DATE_TRUNC('MONTH', "fact"."day") AS DATE) AS "time",
    SUM("fact"."amount") AS "spend"
  FROM "budgets" AS "fact"
  WHERE
    "fact"."day" >= CAST('2026-09-01' AS DATE)
    AND "fact"."day" < CAST('2026-10-01' AS DATE)
  GROUP BY
    CAST(DATE_TRUNC('MONTH', "fact"."day") AS DATE)
)
SELECT
  "time",
  "spend"
FROM "fact_0"
ORDER BY
  "time" ASC\
""")


def test_joins_follow_declared_keys_only_as_far_as_needed() -> None:
    filters = [{"dimension": "district", "op": "!=", "values": ["Linhu District"]}]
    assert sql(metrics=["north_wait"], by=["hospital"], filters=filters) == snapshot("""\
WITH "fact_0" AS (
  SELECT
    "hospital"."name" AS "hospital",
    SUM(CASE WHEN "hospital__area"."side" = 'north' THEN "fact"."wait_min" END) AS "north_wait"
  FROM "visits" AS "fact"
  LEFT JOIN "hospitals" AS "hospital"
    ON "fact"."hospital_id" = "hospital"."hospital_id"
  LEFT JOIN "areas" AS "hospital__area"
    ON "hospital"."district" = "hospital__area"."district"
  WHERE
    (
      "hospital"."district" <> '临湖区' OR "hospital"."district" IS NULL
    )
  GROUP BY
    "hospital"."name"
)
SELECT
  "hospital",
  "north_wait"
FROM "fact_0"
ORDER BY
  "hospital" ASC\
""")


def test_facts_are_stacked_and_ratios_taken_last() -> None:
    order = [{"by": "spend_per_visit", "descending": True}]
    assert sql(metrics=["spend_per_visit"], by=["district"], order=order, limit=3) == snapshot("""\
WITH "fact_0" AS (
  SELECT
    "fact"."district" AS "district",
    SUM("fact"."amount") AS "spend"
  FROM "budgets" AS "fact"
  GROUP BY
    "fact"."district"
), "fact_1" AS (
  SELECT
    "hospital"."district" AS "district",
    COUNT(*) AS "visit_count"
  FROM "visits" AS "fact"
  LEFT JOIN "hospitals" AS "hospital"
    ON "fact"."hospital_id" = "hospital"."hospital_id"
  GROUP BY
    "hospital"."district"
), "stacked" AS (
  SELECT
    "district",
    MAX("spend") AS "spend",
    COALESCE(MAX("visit_count"), 0) AS "visit_count"
  FROM (
    SELECT
      "district",
      "spend",
      NULL AS "visit_count"
    FROM "fact_0"
    UNION ALL
    SELECT
      "district",
      NULL AS "spend",
      "visit_count"
    FROM "fact_1"
  ) AS "facts"
  GROUP BY
    "district"
)
SELECT
  "district",
  CAST("spend" AS DOUBLE) / NULLIF("visit_count", 0) AS "spend_per_visit"
FROM "stacked"
ORDER BY
  "spend_per_visit" DESC,
  "district" ASC
LIMIT 3\
""")


def test_totals_are_levels_of_their_own() -> None:
    assert sql(metrics=["avg_wait"], by=["side"], grain="year", totals=True) == snapshot("""\
WITH "fact_0" AS (
  SELECT
    CAST(DATE_TRUNC('YEAR', "fact"."arrived_at" AT TIME ZONE 'Asia/Shanghai') AS DATE) AS "time",
    "hospital__area"."side" AS "side",
    CAST(GROUPING(
      CAST(DATE_TRUNC('YEAR', "fact"."arrived_at" AT TIME ZONE 'Asia/Shanghai') AS DATE)
    ) + GROUPING("hospital__area"."side") * 2 AS BIGINT) AS "level",
    AVG("fact"."wait_min") AS "avg_wait"
  FROM "visits" AS "fact"
  LEFT JOIN "hospitals" AS "hospital"
    ON "fact"."hospital_id" = "hospital"."hospital_id"
  LEFT JOIN "areas" AS "hospital__area"
    ON "hospital"."district" = "hospital__area"."district"
  GROUP BY
    GROUPING SETS (
      (
        CAST(DATE_TRUNC('YEAR', "fact"."arrived_at" AT TIME ZONE 'Asia/Shanghai') AS DATE),
        "hospital__area"."side"
      ),
      ("hospital__area"."side"),
      (
        CAST(DATE_TRUNC('YEAR', "fact"."arrived_at" AT TIME ZONE 'Asia/Shanghai') AS DATE)
      ),
      ()
    )
)
SELECT
  "time",
  "side",
  "level",
  "avg_wait"
FROM "fact_0"
ORDER BY
  "level" ASC,
  "time" ASC,
  "side" ASC\
""")


def test_hours_of_the_day_are_local() -> None:
    assert sql(metrics=["p90_wait"], by=["hour_of_day"]) == snapshot("""\
WITH "fact_0" AS (
  SELECT
    HOUR("fact"."arrived_at" AT TIME ZONE 'Asia/Shanghai') AS "hour_of_day",
    QUANTILE_CONT(CAST("fact"."wait_min" AS DOUBLE), 0.9) AS "p90_wait"
  FROM "visits" AS "fact"
  GROUP BY
    HOUR("fact"."arrived_at" AT TIME ZONE 'Asia/Shanghai')
)
SELECT
  "hour_of_day",
  "p90_wait"
FROM "fact_0"
ORDER BY
  "hour_of_day" ASC\
""")


def test_a_value_never_becomes_sql_text() -> None:
    evil = "x' OR 1=1; DROP TABLE visits; --"
    filters = [{"dimension": "hospital", "op": "=", "values": [evil]}]
    assert sql(metrics=["visit_count"], filters=filters) == snapshot("""\
WITH "fact_0" AS (
  SELECT
    COUNT(*) AS "visit_count"
  FROM "visits" AS "fact"
  LEFT JOIN "hospitals" AS "hospital"
    ON "fact"."hospital_id" = "hospital"."hospital_id"
  WHERE
    "hospital"."name" = 'x'' OR 1=1; DROP TABLE visits; --'
)
SELECT
  "visit_count"
FROM "fact_0"\
""")


def test_columns_say_what_they_are() -> None:
    query = Query(metrics=["avg_wait"], by=["district"], grain="day", totals=True)
    found = compiled(query, SNAPSHOT, NOW, ZONE)
    shown = [
        (each.name, each.role, each.type, each.unit and each.unit.en, each.codes)
        for each in found.columns
    ]
    assert shown == snapshot(
        [
            ("time", "time", "date", None, None),
            ("district", "dimension", "text", None, "district"),
            ("level", "level", "integer", None, None),
            ("avg_wait", "metric", "number", "min", None),
        ]
    )
    assert found.datasets == ("hospitals", "visits")
