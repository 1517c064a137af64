// The file of a result store: who may write it, and how a new one takes the place of an old one.
#pragma once

#include <functional>
#include <string>

#include "sim/experiment/sqlite_database.hpp"

namespace headroom {

// Another process is writing it, which passes.
struct StoreInUse : StoreError {
  using StoreError::StoreError;
};

// Held by the one process that writes a store, until it is gone. Of a file that is there.
class StoreLock {
 public:
  // Throws StoreInUse if another process holds it, StoreError if the file cannot be opened.
  explicit StoreLock(const std::string& path);
  StoreLock(StoreLock&& other) noexcept : descriptor_{other.descriptor_} { other.descriptor_ = -1; }
  StoreLock& operator=(StoreLock&&) = delete;
  ~StoreLock();

 private:
  int descriptor_ = -1;
};

// Makes a database beside `path`, lets `fill` write into it, and moves it there once it is on the disk: a reader sees the old
// file or the new one. A write of the old one that was cut off is not left for the new one to be undone. Throws StoreError.
void replace_store(const std::string& path, const std::function<void(const SqliteDatabase&)>& fill);

}  // namespace headroom
