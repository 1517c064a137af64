// A store whose writer is killed, whose disk is full, whose folder may not be written: nothing finished is lost, nothing
// half-written is read, and the message says what to do.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "tests/experiment/store_support.hpp"

namespace headroom::test {
namespace {

// Large enough that a write takes a while: about 100 pages.
RunResult large_result(const RunRequest& request) {
  RunResult result = result_of(request);
  result.window_ends.clear();
  for (int i = 1; i <= 400; ++i) result.window_ends.push_back(i);
  for (int i = 0; i < 20; ++i) {
    result.series.push_back(
        {"metric " + std::to_string(i), {}, MetricKind::counter, {std::vector<double>(400, 1.0 / (3.0 + i))}, {}});
  }
  return result;
}

// Everything in the store is whole: each result, and the rows of each.
std::size_t runs_of_whole_store(const std::string& path) {
  const ResultStore store = ResultStore::open(path, ResultStore::Access::read);
  const SqliteDatabase database{path, SqliteDatabase::Access::read};
  SqliteStatement check = database.prepare("PRAGMA integrity_check");
  EXPECT_TRUE(check.step());
  EXPECT_EQ(check.text(0), "ok");
  const std::vector<StoredRun> runs = store.runs();
  for (const StoredRun& run : runs) EXPECT_EQ(store.result_bytes(run.request), to_bytes(large_result(run.request)));
  const auto count = static_cast<std::int64_t>(runs.size());
  EXPECT_EQ(database.integer("SELECT count(*) FROM series"), count * 21 * 400);
  EXPECT_EQ(database.integer("SELECT count(*) FROM metrics"), count * 21);
  return runs.size();
}

// Puts runs from `first` on until it is killed, and tells of each over the pipe once it has been kept.
[[noreturn]] void put_until_killed(const std::string& path, std::uint64_t first, int told) {
  ResultStore store = ResultStore::open(path, ResultStore::Access::write);
  for (std::uint64_t replication = first;; ++replication) {
    const RunResult result = large_result({0, replication});
    store.put(ended({0, replication}, result));
    if (write(told, "x", 1) != 1) _exit(1);
  }
}

std::size_t bytes_left_in(int descriptor) {
  char buffer[4096];
  std::size_t count = 0;
  for (ssize_t size = 0; (size = read(descriptor, buffer, sizeof buffer)) > 0;) count += static_cast<std::size_t>(size);
  return count;
}

TEST(KilledWriter, LosesAtMostTheRunInFlightWheneverItDies) {
  const OwnFolder folder;
  const std::string path = folder / "results.sqlite";
  ResultStore::create(path, two_variants(1000));
  std::size_t kept = 0, cut_off = 0;
  for (useconds_t i = 0; i < 40; ++i) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t writer = fork();
    if (writer == 0) put_until_killed(path, kept, ends[1]);
    close(ends[1]);
    char first = 0;
    ASSERT_EQ(read(ends[0], &first, 1), 1);  // it has begun to write, however slow the machine
    usleep(731 * i);                         // somewhere in a write, another place each time
    kill(writer, SIGKILL);
    ASSERT_EQ(waitpid(writer, nullptr, 0), writer);
    const std::size_t told = kept + 1 + bytes_left_in(ends[0]);
    close(ends[0]);
    if (std::filesystem::exists(path + "-journal")) ++cut_off;
    kept = runs_of_whole_store(path);
    EXPECT_GE(kept, told) << "a run that had been kept is lost";
    EXPECT_LE(kept, told + 1);
  }
  EXPECT_GT(kept, 0U);
  EXPECT_GT(cut_off, 0U) << "no kill fell into a write: the test shows nothing";
}

TEST(KilledWriter, LeavesNothingThatANewStudyWouldUndo) {
  const OwnFolder folder;
  const std::string path = folder / "results.sqlite";
  ResultStore::create(path, two_variants(1000));
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  for (useconds_t i = 0; !std::filesystem::exists(path + "-journal") && i < 2000; ++i) {
    const pid_t writer = fork();
    if (writer == 0) put_until_killed(path, 1000 * i, ends[1]);
    usleep(5000 + 731 * i);
    kill(writer, SIGKILL);
    ASSERT_EQ(waitpid(writer, nullptr, 0), writer);
  }
  ASSERT_TRUE(std::filesystem::exists(path + "-journal"));
  { ResultStore::create(path, two_variants(3)); }
  EXPECT_EQ(runs_of_whole_store(path), 0U);
}

// As on a full disk: no file may grow beyond it.
class SmallDisk {
 public:
  explicit SmallDisk(rlim_t bytes) {
    former_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &former_);
    const rlimit limit{bytes, former_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~SmallDisk() {
    setrlimit(RLIMIT_FSIZE, &former_);
    std::signal(SIGXFSZ, former_handler_);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

 private:
  rlimit former_{};
  void (*former_handler_)(int) = SIG_DFL;
};

TEST(FullDisk, WhatWasKeptStaysReadableAndTheMessageSaysWhatToDo) {
  const OwnFolder folder;
  const std::string path = folder / "results.sqlite";
  {
    ResultStore store = ResultStore::create(path, two_variants(1000));
    const SmallDisk disk{2'000'000};
    std::string said;
    for (std::uint64_t replication = 0; said.empty() && replication < 1000; ++replication) {
      const RunResult result = large_result({0, replication});
      said = store_error_of([&] { store.put(ended({0, replication}, result)); });
    }
    EXPECT_TRUE(says(said, "cannot write " + path + ": File too large; free some space")) << said;
    EXPECT_TRUE(says(said, "--resume")) << said;
  }
  const std::size_t kept = runs_of_whole_store(path);
  EXPECT_GT(kept, 2U);
  ResultStore store = ResultStore::open(path, ResultStore::Access::write);
  const RunResult next = large_result({0, kept});
  store.put(ended({0, kept}, next));
  EXPECT_EQ(runs_of_whole_store(path), kept + 1) << "with room again, it goes on";
}

TEST(FullDisk, AStudyStopsThereWithTheRunsThatHadEnded) {
  const OwnFolder folder;
  const std::string path = folder / "results.sqlite";
  ResultStore store = ResultStore::create(path, two_variants(1000));
  Study study;
  {
    const SmallDisk disk{2'000'000};
    study = run_study(1, all_requests(1, 1000), large_result, kept_in(store, 2));
  }
  EXPECT_TRUE(says(study.not_kept, "File too large")) << study.not_kept;
  EXPECT_TRUE(study.interrupted);
  EXPECT_TRUE(study.failed.empty());
  EXPECT_LT(study.runs[0].size(), 1000U);
  EXPECT_LE(store.runs().size(), study.runs[0].size()) << "what could not be kept is still known";
  EXPECT_GT(store.runs().size(), 2U);
  const Study resumed = run_study(1, all_requests(1, 30), large_result, kept_in(store, 2));
  EXPECT_EQ(bytes_of(resumed), bytes_of(run_study(1, all_requests(1, 30), large_result, {.workers = 1})));
}

TEST(FullDisk, AStudyThatCannotBeBegunLeavesTheFormerOne) {
  const OwnFolder folder;
  const std::string path = folder / "results.sqlite";
  { ResultStore::create(path, two_variants(1)); }
  StoredStudy study = two_variants(2);
  {
    const SmallDisk disk{8192};
    const std::string said = store_error_of([&] { ResultStore::create(path, study); });
    EXPECT_TRUE(says(said, "cannot write " + path + ": File too large; free some space")) << said;
  }
  EXPECT_EQ(ResultStore::open(path, ResultStore::Access::read).study().replications, 1U);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator{folder.path()}, {}), 1) << "something unfinished is left";
}

// In a process without the right to write there: root has it everywhere.
std::string said_without_rights(const std::function<void()>& call) {
  int ends[2];
  if (pipe(ends) != 0) std::abort();
  const pid_t process = fork();
  if (process == 0) {
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) _exit(1);
    const std::string said = store_error_of(call);
    _exit(write(ends[1], said.data(), said.size()) == static_cast<ssize_t>(said.size()) ? 0 : 1);
  }
  close(ends[1]);
  std::string said(4096, '\0');
  const ssize_t size = read(ends[0], said.data(), said.size());
  said.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  close(ends[0]);
  int status = 0;
  waitpid(process, &status, 0);
  EXPECT_EQ(status, 0);
  return said;
}

TEST(ReadOnlyFolder, IsRefusedForWritingAndGoodForReading) {
  const OwnFolder folder;
  const std::string path = folder / "results.sqlite";
  {
    ResultStore store = ResultStore::create(path, two_variants(1));
    put(store, {0, 0});
  }
  namespace files = std::filesystem;
  files::permissions(path, files::perms{0444});
  files::permissions(folder.path(), files::perms{0555});
  for (const auto& writing : {+[](const std::string& place) { ResultStore::open(place, ResultStore::Access::write); },
                              +[](const std::string& place) { ResultStore::create(place, two_variants(1)); },
                              +[](const std::string& place) { ResultStore::create(place + ".new", two_variants(1)); }}) {
    const std::string said = said_without_rights([&] { writing(path); });
    EXPECT_TRUE(says(said, "cannot write ")) << said;
    EXPECT_TRUE(says(said, " writable, or choose another ")) << said;
  }
  EXPECT_EQ(said_without_rights([&] {
              if (!ResultStore::open(path, ResultStore::Access::read).result({0, 0})) throw StoreError{"the run is not there"};
            }),
            "");
  files::permissions(folder.path(), files::perms{0755});
}

}  // namespace
}  // namespace headroom::test
