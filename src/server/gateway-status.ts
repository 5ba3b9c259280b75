/** What a gateway does at this moment. Reading it costs nothing. */
export interface GatewayStatus {
  /** Requests and operations under way. */
  operations: number;
  /** Subscriptions under way, and things that are polled for them. */
  subscriptions: { active: number; polls: number };
  /** REST calls on their way, and those that wait for their turn: none where `concurrency` and `rate` have no limit. */
  calls: { running: number; waiting: number };
  /** Whether the circuit breaker stops the calls of everybody, and of how many credentials it stops them. */
  breaker: { open: boolean; credentials: number };
  /** Remembered reads: bytes by estimate, their number, and how many were dropped for want of memory so far. */
  cache: { bytes: number; reads: number; evictions: number };
}
