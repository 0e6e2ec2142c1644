/**
 * Who belongs to a cluster: identities, records, the rules of changes, and the next step from how things are to how they are
 * recorded.
 *
 * <pre>
 * peer address + token ──► Identities ──► member ids, cluster id
 * MembershipRules ──► writes of MemberRecords in the system key space ──► MemberTable
 * MemberTable + configuration of Ratis ──► ConfigurationPlan ──► one step at a time
 * MemberTable ──► AddressBook ──► MemberNames ──► connections of gRPC
 * </pre>
 *
 * <p>To read: {@code MemberTable}, {@code MembershipRules}, {@code ConfigurationPlan}.
 *
 * <p>Nothing here waits or has a thread; only {@code AddressBook} and {@code MemberNames} are shared between threads.
 */
@NullMarked
package io.hightower.kv.replication.ratis.membership;

import org.jspecify.annotations.NullMarked;
