#include "sim/experiment/store_schema.hpp"

namespace headroom {

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
  exit_code INTEGER NOT NULL, message TEXT NOT NULL, wall_seconds REAL NOT NULL, events INTEGER, users REAL,
  duration_seconds REAL, warm_up_seconds REAL, warm_up_rule TEXT, result BLOB,
  UNIQUE (variant, replication));
CREATE TABLE metrics(
  id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs, metric TEXT NOT NULL, labels TEXT NOT NULL, kind TEXT NOT NULL);
CREATE INDEX metrics_of_run ON metrics(run);
CREATE TABLE windows(
  run INTEGER NOT NULL REFERENCES runs, window INTEGER NOT NULL, end_seconds REAL NOT NULL,
  PRIMARY KEY (run, window)) WITHOUT ROWID;
CREATE TABLE series(
  metric INTEGER NOT NULL REFERENCES metrics, window INTEGER NOT NULL, amount REAL, mean REAL, largest REAL, last REAL, part REAL,
  whole REAL, count REAL, sum_seconds REAL, p50 REAL, p95 REAL, p99 REAL,
  PRIMARY KEY (metric, window)) WITHOUT ROWID;
CREATE TABLE percentiles(
  metric INTEGER NOT NULL REFERENCES metrics, window INTEGER NOT NULL, percentile REAL NOT NULL, seconds REAL,
  PRIMARY KEY (metric, window, percentile)) WITHOUT ROWID;
CREATE TABLE slices(
  run INTEGER NOT NULL REFERENCES runs, slice INTEGER NOT NULL, end_seconds REAL NOT NULL,
  PRIMARY KEY (run, slice)) WITHOUT ROWID;
CREATE TABLE buckets(bucket INTEGER PRIMARY KEY, low_seconds REAL NOT NULL, high_seconds REAL NOT NULL);
CREATE TABLE histograms(
  metric INTEGER NOT NULL REFERENCES metrics, slice INTEGER NOT NULL, bucket INTEGER NOT NULL REFERENCES buckets,
  count INTEGER NOT NULL,
  PRIMARY KEY (metric, slice, bucket)) WITHOUT ROWID;
CREATE TABLE phases(
  run INTEGER NOT NULL REFERENCES runs, workload TEXT NOT NULL, name TEXT NOT NULL, begin_seconds REAL NOT NULL,
  end_seconds REAL NOT NULL);
CREATE TABLE ledger(
  run INTEGER NOT NULL REFERENCES runs, name TEXT NOT NULL, entered INTEGER NOT NULL, completed INTEGER NOT NULL,
  in_flight INTEGER NOT NULL);
CREATE TABLE ledger_failures(
  run INTEGER NOT NULL REFERENCES runs, name TEXT NOT NULL, reason TEXT NOT NULL, count INTEGER NOT NULL);
CREATE TABLE notes(
  run INTEGER NOT NULL REFERENCES runs, at_seconds REAL NOT NULL, subject TEXT NOT NULL, text TEXT NOT NULL);
CREATE VIEW series_of_runs AS
  SELECT variants.name AS variant, runs.replication, metrics.metric, metrics.labels, windows.end_seconds, series.amount, series.mean,
         series.largest, series.last, series.part, series.whole, series.count, series.sum_seconds, series.p50, series.p95, series.p99
  FROM runs JOIN variants USING (variant) JOIN metrics ON metrics.run = runs.id JOIN series ON series.metric = metrics.id
       JOIN windows ON windows.run = runs.id AND windows.window = series.window;
CREATE VIEW histograms_of_runs AS
  SELECT variants.name AS variant, runs.replication, metrics.metric, metrics.labels, slices.end_seconds, buckets.low_seconds,
         buckets.high_seconds, histograms.count
  FROM runs JOIN variants USING (variant) JOIN metrics ON metrics.run = runs.id JOIN histograms ON histograms.metric = metrics.id
       JOIN slices ON slices.run = runs.id AND slices.slice = histograms.slice JOIN buckets USING (bucket);
)sql";

}  // namespace headroom
