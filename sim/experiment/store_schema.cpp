#include "sim/experiment/store_schema.hpp"

namespace headroom {

// One row per instrument of a run, its windows and slices as JSON: a row per window made a store of short runs ten times as slow
// to write. Views show them as rows.
//
// The views that name the ends of windows and slices look them up in an index, which SQLite builds over what is MATERIALIZED and
// uses in a LEFT JOIN only: to look into the JSON for each row takes the square of the windows.
const char* const store_schema = R"sql(
CREATE TABLE studies(
  id INTEGER PRIMARY KEY CHECK (id = 1),
  name TEXT NOT NULL, command TEXT NOT NULL, engine_version TEXT NOT NULL, result_version INTEGER NOT NULL,
  input_hash TEXT NOT NULL, seed INTEGER NOT NULL, replications INTEGER NOT NULL, sequential INTEGER NOT NULL,
  shard INTEGER NOT NULL, shards INTEGER NOT NULL, state TEXT NOT NULL, wall_seconds REAL NOT NULL, reading TEXT NOT NULL);
CREATE TABLE inputs(path TEXT NOT NULL, place TEXT NOT NULL, sha256 TEXT NOT NULL, content BLOB);
CREATE TABLE variants(variant INTEGER PRIMARY KEY, name TEXT NOT NULL, scenario TEXT NOT NULL);
CREATE TABLE settings(
  variant INTEGER NOT NULL REFERENCES variants, pointer TEXT NOT NULL, value TEXT NOT NULL);
CREATE TABLE runs(
  id INTEGER PRIMARY KEY, variant INTEGER NOT NULL REFERENCES variants, replication INTEGER NOT NULL, seed INTEGER NOT NULL,
  exit_code INTEGER NOT NULL, message TEXT NOT NULL, wall_seconds REAL NOT NULL, peak_memory_bytes INTEGER, events INTEGER,
  users REAL, duration_seconds REAL, warm_up_seconds REAL, warm_up_rule TEXT, window_ends TEXT, slice_ends TEXT,
  extra_percentiles TEXT, result BLOB,
  UNIQUE (variant, replication));
CREATE TABLE metrics(
  id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs, metric TEXT NOT NULL, labels TEXT NOT NULL, kind TEXT NOT NULL,
  window_values TEXT NOT NULL, slice_buckets TEXT NOT NULL);
CREATE INDEX metrics_of_run ON metrics(run);
CREATE TABLE phases(
  run INTEGER NOT NULL REFERENCES runs, workload TEXT NOT NULL, name TEXT NOT NULL, begin_seconds REAL NOT NULL,
  end_seconds REAL NOT NULL);
CREATE TABLE ledger(
  run INTEGER NOT NULL REFERENCES runs, name TEXT NOT NULL, entered INTEGER NOT NULL, completed INTEGER NOT NULL,
  in_flight INTEGER NOT NULL);
CREATE TABLE ledger_failures(
  run INTEGER NOT NULL REFERENCES runs, name TEXT NOT NULL, reason TEXT NOT NULL, count INTEGER NOT NULL);
CREATE TABLE critical_paths(
  run INTEGER NOT NULL REFERENCES runs, workload TEXT NOT NULL, request TEXT NOT NULL, band TEXT NOT NULL, count INTEGER NOT NULL,
  weight REAL NOT NULL, mean_seconds REAL NOT NULL, parts TEXT NOT NULL, failures TEXT NOT NULL);
CREATE TABLE notes(
  run INTEGER NOT NULL REFERENCES runs, at_seconds REAL NOT NULL, subject TEXT NOT NULL, text TEXT NOT NULL);

CREATE VIEW windows AS
  SELECT runs.id AS run, each.key AS window, CAST(each.value AS REAL) AS end_seconds FROM runs, json_each(runs.window_ends) AS each;
CREATE VIEW slices AS
  SELECT runs.id AS run, each.key AS slice, CAST(each.value AS REAL) AS end_seconds FROM runs, json_each(runs.slice_ends) AS each;
CREATE VIEW series AS
  SELECT metrics.id AS metric, each.key AS window,
         CASE kind WHEN 'counter' THEN CAST(json_extract(each.value, '$[0]') AS REAL) END AS amount,
         CASE kind WHEN 'gauge' THEN CAST(json_extract(each.value, '$[0]') AS REAL) END AS mean,
         CASE kind WHEN 'gauge' THEN CAST(json_extract(each.value, '$[1]') AS REAL) END AS largest,
         CASE kind WHEN 'gauge' THEN CAST(json_extract(each.value, '$[2]') AS REAL) END AS last,
         CASE kind WHEN 'share' THEN CAST(json_extract(each.value, '$[0]') AS REAL) END AS part,
         CASE kind WHEN 'share' THEN CAST(json_extract(each.value, '$[1]') AS REAL) END AS whole,
         CASE kind WHEN 'durations' THEN CAST(json_extract(each.value, '$[0]') AS REAL) END AS count,
         CASE kind WHEN 'durations' THEN CAST(json_extract(each.value, '$[1]') AS REAL) END AS sum_seconds,
         CASE kind WHEN 'durations' THEN CAST(json_extract(each.value, '$[2]') AS REAL) END AS p50,
         CASE kind WHEN 'durations' THEN CAST(json_extract(each.value, '$[3]') AS REAL) END AS p95,
         CASE kind WHEN 'durations' THEN CAST(json_extract(each.value, '$[4]') AS REAL) END AS p99
  FROM metrics, json_each(metrics.window_values) AS each;
CREATE VIEW percentiles AS
  SELECT metrics.id AS metric, each.key AS window, CAST(extra.value AS REAL) AS percentile,
         CAST(json_extract(each.value, '$[' || (5 + extra.key) || ']') AS REAL) AS seconds
  FROM runs JOIN metrics ON metrics.run = runs.id AND metrics.kind = 'durations', json_each(runs.extra_percentiles) AS extra,
       json_each(metrics.window_values) AS each;
CREATE VIEW histograms AS
  SELECT metrics.id AS metric, slice.key AS slice, json_extract(pair.value, '$[0]') AS bucket, json_extract(pair.value, '$[1]') AS count
  FROM metrics, json_each(metrics.slice_buckets) AS slice, json_each(slice.value) AS pair;
CREATE VIEW critical_path_parts AS
  SELECT run, workload, request, band, json_extract(each.value, '$[0]') AS cause, json_extract(each.value, '$[1]') AS component,
         CAST(json_extract(each.value, '$[2]') AS REAL) AS mean_seconds
  FROM critical_paths, json_each(critical_paths.parts) AS each;
CREATE VIEW critical_path_failures AS
  SELECT run, workload, request, json_extract(each.value, '$[0]') AS reason, json_extract(each.value, '$[1]') AS component,
         json_extract(each.value, '$[2]') AS count
  FROM critical_paths, json_each(critical_paths.failures) AS each;
CREATE VIEW series_of_runs AS
  WITH ends AS MATERIALIZED (SELECT run, window, end_seconds FROM windows)
  SELECT variants.name AS variant, runs.replication, metrics.metric, metrics.labels, ends.end_seconds, series.amount, series.mean,
         series.largest, series.last, series.part, series.whole, series.count, series.sum_seconds, series.p50, series.p95, series.p99
  FROM runs JOIN variants USING (variant) JOIN metrics ON metrics.run = runs.id JOIN series ON series.metric = metrics.id
       LEFT JOIN ends ON ends.run = runs.id AND ends.window = series.window;
CREATE VIEW histograms_of_runs AS
  WITH ends AS MATERIALIZED (SELECT run, slice, end_seconds FROM slices)
  SELECT variants.name AS variant, runs.replication, metrics.metric, metrics.labels, ends.end_seconds,
         CASE WHEN bucket < 128 THEN bucket ELSE (bucket % 128 + 128) * (1 << (bucket / 128 - 1)) END / 1e9 AS low_seconds,
         CASE WHEN bucket < 128 THEN bucket + 1 ELSE (bucket % 128 + 129) * (1 << (bucket / 128 - 1)) END / 1e9 AS high_seconds,
         histograms.count
  FROM runs JOIN variants USING (variant) JOIN metrics ON metrics.run = runs.id JOIN histograms ON histograms.metric = metrics.id
       LEFT JOIN ends ON ends.run = runs.id AND ends.slice = histograms.slice;
)sql";

}  // namespace headroom
