package io.hightower.kv.statemachine.api;

import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Lease;
import io.hightower.kv.statemachine.RefusedException;
import io.hightower.kv.statemachine.Result;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Leases: times-to-live that keys hang on. Once a lease has not been renewed for its time, the keys are deleted: never early,
 * and within a second while somebody leads. Time stands still while nobody does.
 *
 * <p>What is said of {@link KvEngine} holds here, too: reads are linearizable, a future fails with what the blocking form
 * throws. A key is hung on a lease by {@link KvEngine#put(Command.Put)}.
 *
 * <p><b>Remaining time.</b> The leader computes it with its clock at the moment of the answer. Other members know the time of
 * the newest entry only, which the leader logs several times a second: there it may be up to a second more.
 */
public interface Leasing {
    /** As the id of a new lease: the engine chooses one, a random positive number. */
    long CHOOSE_ID = 0;

    /** Submits a command without waiting for its result; see {@link KvEngine#submitAsync}. */
    CompletableFuture<Result> submitAsync(Command command);

    /** Submits a command and waits for its result; see {@link KvEngine#submit}. */
    Result submit(Command command);

    /** Returns the leases as they stand at this moment, for several questions about the same one. */
    LeaseMoment leaseMoment();

    /** Returns the leases as they stand at this moment, without waiting for them. */
    CompletableFuture<LeaseMoment> leaseMomentAsync();

    /**
     * Makes a lease.
     *
     * @param id any number that no other lease has; {@link #CHOOSE_ID} to have one chosen, which the answer names
     * @param ttlSeconds 1 to {@link Lease#TTL_SECONDS_MAX}
     * @throws RefusedException if there is such a lease already, or the time is too long
     * @throws IllegalArgumentException if the time is less than a second
     */
    Result.LeaseResult grantLease(long id, long ttlSeconds);

    /** As {@link #grantLease(long, long)}, without waiting. */
    CompletableFuture<Result.LeaseResult> grantLeaseAsync(long id, long ttlSeconds);

    /** Makes a lease whose id the engine chooses; see {@link #grantLease(long, long)}. */
    default Result.LeaseResult grantLease(long ttlSeconds) {
        return grantLease(CHOOSE_ID, ttlSeconds);
    }

    /** Has a lease begin anew. The answer's time-to-live is 0 if there is none, or if it has ended. */
    default Result.LeaseResult renewLease(long id) {
        return (Result.LeaseResult) Refusals.thrown(submit(new Command.RenewLease(id)));
    }

    /** As {@link #renewLease}, without waiting. */
    default CompletableFuture<Result.LeaseResult> renewLeaseAsync(long id) {
        return Refusals.thrownLater(Result.LeaseResult.class, () -> submitAsync(new Command.RenewLease(id)));
    }

    /**
     * Ends a lease and deletes the keys that hang on it, under one revision.
     *
     * @throws RefusedException if there is no such lease
     */
    default Result.RevokeResult revokeLease(long id) {
        return (Result.RevokeResult) Refusals.thrown(submit(new Command.RevokeLease(id)));
    }

    /** As {@link #revokeLease}, without waiting. */
    default CompletableFuture<Result.RevokeResult> revokeLeaseAsync(long id) {
        return Refusals.thrownLater(Result.RevokeResult.class, () -> submitAsync(new Command.RevokeLease(id)));
    }

    /** Returns how a lease stands, without its keys; nothing if there is none with this id, or if it has ended. */
    default Optional<LeaseStatus> timeToLive(long id) {
        return leaseMoment().find(id);
    }

    /** As {@link #timeToLive}, without waiting. */
    default CompletableFuture<Optional<LeaseStatus>> timeToLiveAsync(long id) {
        return leaseMomentAsync().thenApply(moment -> moment.find(id));
    }

    /** Returns how a lease stands, with the keys that hang on it; see {@link #timeToLive}. */
    default Optional<LeaseStatus> timeToLiveWithKeys(long id) {
        return leaseMoment().findWithKeys(id);
    }

    /** As {@link #timeToLiveWithKeys}, without waiting. */
    default CompletableFuture<Optional<LeaseStatus>> timeToLiveWithKeysAsync(long id) {
        return leaseMomentAsync().thenApply(moment -> moment.findWithKeys(id));
    }

    /** Returns every lease, the one that ends first first; those that end together by their ids. */
    default List<LeaseStatus> leases() {
        return leaseMoment().byExpiry();
    }

    /** As {@link #leases}, without waiting. */
    default CompletableFuture<List<LeaseStatus>> leasesAsync() {
        return leaseMomentAsync().thenApply(LeaseMoment::byExpiry);
    }
}
