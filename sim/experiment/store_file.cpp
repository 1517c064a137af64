#include "sim/experiment/store_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <optional>
#include <thread>

namespace headroom {
namespace {

namespace files = std::filesystem;

constexpr const char* other_folder = "make the folder writable, or choose another one with --output";

[[noreturn]] void fail(const std::string& path, int error, const std::string& remedy) {
  throw StoreError{"cannot write " + path + ": " + std::strerror(error) + "; " + remedy};
}

// Removed unless it was moved to its place. Made here, because SQLite does not say why it cannot make one.
class UnfinishedFile {
 public:
  explicit UnfinishedFile(const files::path& store)
      : path_{(store.parent_path() / ("." + store.filename().string() + "." + std::to_string(getpid()))).string()} {
    const int descriptor = ::open(path_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0) fail(store.string(), errno, other_folder);
    close(descriptor);
  }
  ~UnfinishedFile() { remove(); }
  UnfinishedFile(const UnfinishedFile&) = delete;
  UnfinishedFile& operator=(const UnfinishedFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  void remove() const {
    std::error_code ignored;
    files::remove(path_, ignored);
  }
  std::string path_;
};

// Nobody asked for the file beside it.
std::string under_its_own_name(std::string message, const std::string& unfinished, const std::string& path) {
  const std::size_t at = message.find(unfinished);
  return at == std::string::npos ? message : message.replace(at, unfinished.size(), path);
}

void put_on_disk(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor < 0) fail(path, errno, other_folder);
  const int error = fsync(descriptor) == 0 ? 0 : errno;
  close(descriptor);
  if (error != 0) fail(path, error, "free some space, or choose another folder with --output");
}

// Whatever a former writer left beside the store would be undone in the new one.
void forget_former_writes(const std::string& path) {
  try {
    SqliteDatabase former{path, SqliteDatabase::Access::write};
    former.integer("SELECT count(*) FROM sqlite_master");  // undoes a write that was cut off
  } catch (const StoreError&) {
    // No database: what stands beside it is none of one either.
  }
  for (const char* ending : {"-journal", "-wal", "-shm"}) {
    std::error_code ignored;
    files::remove(path + ending, ignored);
  }
}

}  // namespace

StoreLock::StoreLock(const std::string& path) {
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor_ < 0) fail(path, errno, "make the file and its folder writable, or choose another folder with --output");
  // The runs of a study that was killed may outlive it by a moment, and hold what it held.
  constexpr int patience = 100;
  for (int i = 0; flock(descriptor_, LOCK_EX | LOCK_NB) != 0; ++i) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return;  // a file system without locks: SQLite's own keep the file whole
    if (i < patience) {
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
      continue;
    }
    close(descriptor_);
    throw StoreInUse{"cannot write " + path +
                     ": another headroom is writing it; wait until it has ended, or choose another folder with --output"};
  }
}

StoreLock::~StoreLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

void replace_store(const std::string& path, const std::function<void(const SqliteDatabase&)>& fill) {
  const bool takes_place = files::exists(path);
  std::optional<StoreLock> former;
  if (takes_place) former.emplace(path);
  const UnfinishedFile unfinished{path};
  {
    const SqliteDatabase database{unfinished.path(), SqliteDatabase::Access::write};
    // Nobody sees it before it is whole, so nothing has to be undone.
    database.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF");
    try {
      fill(database);
    } catch (const StoreError& error) {
      throw StoreError{under_its_own_name(error.what(), unfinished.path(), path)};
    }
  }
  if (takes_place) {
    // After a power failure the old one is there or the new one. Where there is no old one there is nothing to be lost yet.
    put_on_disk(unfinished.path());
    forget_former_writes(path);
  }
  std::error_code error;
  files::rename(unfinished.path(), path, error);
  if (error) fail(path, error.value(), other_folder);
}

}  // namespace headroom
