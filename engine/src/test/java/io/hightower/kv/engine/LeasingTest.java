package io.hightower.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Lease;
import io.hightower.kv.statemachine.PutOptions;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.RefusedException;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.api.LeaseMoment;
import io.hightower.kv.statemachine.api.LeaseStatus;
import io.hightower.kv.statemachine.api.Leasing;
import io.hightower.kv.statemachine.api.LocalEngine;
import io.hightower.kv.statemachine.spi.StoreView;
import io.hightower.kv.statemachine.state.Leases;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Granting, asking for and ending leases, blocking and not. */
class LeasingTest {
    private static final long LONG = 100_000;

    private final LocalEngine store = Hightower.inMemory();

    @AfterEach
    void close() {
        store.close();
    }

    private void attach(String key, long lease) {
        store.put(new Command.Put(Bytes.utf8(key), Bytes.EMPTY, Command.NO_VERSION, PutOptions.lease(lease)));
    }

    @Test
    void tellsWhatALeaseWasGrantedForAndWhatIsLeft() {
        store.grantLease(7, LONG);
        LeaseStatus status = store.timeToLive(7).orElseThrow();
        assertThat(status.grantedSeconds()).isEqualTo(LONG);
        assertThat(status.remainingSeconds()).isBetween(LONG - 60, LONG);
        assertThat(store.timeToLive(8)).isEmpty();
    }

    @Test
    void tellsTheKeysOfALeaseIfAsked() {
        store.grantLease(7, LONG);
        attach("b", 7);
        attach("a", 7);
        assertThat(store.timeToLive(7).orElseThrow().keys()).isEmpty();
        assertThat(store.timeToLiveWithKeys(7).orElseThrow().keys()).containsExactly(Bytes.utf8("a"), Bytes.utf8("b"));
        assertThat(store.timeToLiveWithKeys(8)).isEmpty();
    }

    @Test
    void listsLeasesByTheirEnds() {
        store.grantLease(1, 3 * LONG);
        store.grantLease(2, LONG);
        store.grantLease(-3, 2 * LONG);
        assertThat(store.leases()).extracting(LeaseStatus::id).containsExactly(2L, -3L, 1L);
        store.grantLease(4, LONG / 2);
        assertThat(store.leases()).extracting(LeaseStatus::id).containsExactly(4L, 2L, -3L, 1L);
    }

    @Test
    void remainingTimeIsRoundedDownAndIsThatOfTheLeadersClock() {
        try (HandMovedReplication replication = new HandMovedReplication()) {
            replication.apply(new Command.GrantLease(7, 5));
            assertThat(remainingSeconds(replication, 0)).isEqualTo(5);
            assertThat(remainingSeconds(replication, 1)).isEqualTo(4);
            assertThat(remainingSeconds(replication, 4001)).isZero();
            assertThat(remainingSeconds(replication, 5001)).isZero();
        }
    }

    private static long remainingSeconds(HandMovedReplication replication, long nowMillis) {
        return moment(replication, nowMillis).find(7).orElseThrow().remainingSeconds();
    }

    private static LeaseMoment moment(HandMovedReplication replication, long nowMillis) {
        try (StoreView view = replication.store.view()) {
            return new LeaseMoment(Leases.of(view.system()), view.applied(), nowMillis);
        }
    }

    @Test
    void aLeaseIsNotShownAnyMoreOnceTheLogHasTheTimeOfItsEnd() {
        try (HandMovedReplication replication = new HandMovedReplication()) {
            replication.apply(new Command.GrantLease(7, 5));
            replication.pass(5000);
            replication.apply(new Command.AdvanceTime());
            assertThat(moment(replication, 5001).find(7)).isPresent();
            replication.pass(1);
            replication.apply(new Command.AdvanceTime());
            assertThat(moment(replication, 5001).find(7)).isEmpty();
            assertThat(moment(replication, 5001).findWithKeys(7)).isEmpty();
            assertThat(moment(replication, 5001).byExpiry()).isEmpty();
        }
    }

    @Test
    void choosesAPositiveIdThatNoLeaseHas() {
        Result.LeaseResult one = store.grantLease(LONG);
        Result.LeaseResult other = store.grantLease(Leasing.CHOOSE_ID, LONG);
        assertThat(one.id()).isPositive();
        assertThat(other.id()).isPositive().isNotEqualTo(one.id());
        assertThat(store.timeToLive(one.id())).isPresent();
        assertThat(store.grantLeaseAsync(Leasing.CHOOSE_ID, LONG).join().id()).isPositive();
    }

    @Test
    void choosesAnotherIdWhenTheFirstIsTaken() {
        store.grantLease(5, LONG);
        ArrayDeque<Long> drawn = new ArrayDeque<>(List.of(5L, Long.MIN_VALUE + 5, 6L, 5L, 6L, 7L));
        LeaseGrants grants = new LeaseGrants(store, drawn::remove);
        assertThat(grants.grant(Leasing.CHOOSE_ID, LONG).id()).isEqualTo(6);
        assertThat(grants.grantAsync(Leasing.CHOOSE_ID, LONG).join().id()).isEqualTo(7);
        assertThat(drawn).isEmpty();
    }

    @Test
    void anIdThatIsChosenByTheCallerIsNeverReplaced() {
        store.grantLease(5, LONG);
        assertThatThrownBy(() -> store.grantLease(5, LONG)).satisfies(e -> assertRefusal(e, Refusal.LEASE_EXISTS));
        assertThatThrownBy(() -> store.grantLeaseAsync(5, LONG).join())
                .satisfies(e -> assertRefusal(e.getCause(), Refusal.LEASE_EXISTS));
    }

    @Test
    void timesOutOfBoundsAreRefusedInBothForms() {
        long tooLong = Lease.TTL_SECONDS_MAX + 1;
        assertThatThrownBy(() -> store.grantLease(5, tooLong))
                .satisfies(e -> assertRefusal(e, Refusal.LEASE_TTL_TOO_LARGE));
        assertThatThrownBy(() -> store.grantLeaseAsync(5, tooLong).join())
                .satisfies(e -> assertRefusal(e.getCause(), Refusal.LEASE_TTL_TOO_LARGE));
        assertThatThrownBy(() -> store.grantLease(5, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.grantLeaseAsync(5, 0).join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(IllegalArgumentException.class);
        assertThat(store.leases()).isEmpty();
    }

    @Test
    void everythingGoesWithoutWaitingToo() {
        assertThat(store.grantLeaseAsync(7, LONG).join().ttlSeconds()).isEqualTo(LONG);
        attach("k", 7);
        assertThat(store.renewLeaseAsync(7).join().ttlSeconds()).isEqualTo(LONG);
        assertThat(store.renewLeaseAsync(8).join().ttlSeconds()).isZero();
        assertThat(store.timeToLiveAsync(7).join()).isPresent();
        assertThat(store.timeToLiveWithKeysAsync(7).join().orElseThrow().keys()).hasSize(1);
        assertThat(store.leasesAsync().join()).hasSize(1);
        assertThat(store.revokeLeaseAsync(7).join().deleted()).isEqualTo(1);
        assertThatThrownBy(() -> store.revokeLeaseAsync(7).join())
                .satisfies(e -> assertRefusal(e.getCause(), Refusal.LEASE_NOT_FOUND));
    }

    private static void assertRefusal(Throwable thrown, Refusal expected) {
        assertThat(thrown).isInstanceOfSatisfying(RefusedException.class, e -> assertThat(e.refusal())
                .isEqualTo(expected));
    }
}
