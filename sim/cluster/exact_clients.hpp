// ClientCalls: what stands before a call of a service, and behind one that failed, as a part of the exact request plane.
#pragma once

#include "sim/cluster/exact_request_plane.hpp"

namespace headroom {

class ClientCalls {
 public:
  explicit ClientCalls(ExactRequestPlane& plane) : plane_{plane} {}

  void make(const Blueprint& blueprint, Recorder& recorder);
  void begin(Index replica);
  void end(Index replica);

  void start_call(Index caller, Index site);
  void start_try(Index caller);
  void end_try(Index caller, TaskOutcome outcome);
  void on_bulkhead_overdue(Index caller);
  void on_place(Index caller);
  void on_hedge_due(Index caller);
  // Of a caller that dies.
  void forget(Index caller);
  // A request of a caller has its answer, or has failed. Whether the caller learns of it now, as of a call without hedges.
  bool is_final(Index request, Index caller, TaskOutcome outcome, Duration delay);
  bool may_retry(Index caller);
  // Of a call that has steps to fall back on.
  void fall_back(Index caller, const CallSite& site);

 private:
  void reject_call(Index caller, Share& rejected, const char* why);
  void enter_bulkhead(Index caller);
  void leave_bulkhead(ServiceClient& client, Index replica);

  // exact_hedges.cpp
  void plan_hedge(Index caller);
  bool may_hedge(Index caller);
  void send_hedge(Index caller);
  void cancel(Index request);

  ExactRequestPlane& plane_;
};

}  // namespace headroom
