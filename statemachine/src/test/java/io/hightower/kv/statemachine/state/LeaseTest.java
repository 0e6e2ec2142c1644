package io.hightower.kv.statemachine.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.Lease;
import io.hightower.kv.statemachine.PutOptions;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.Revision;
import org.junit.jupiter.api.Test;

class LeaseTest {
    private final Machine machine = new Machine();

    @Test
    void grantBeginsAtTheTimeOfItsEntry() {
        assertThat(machine.applyAt(500, new Command.GrantLease(7, 10))).isEqualTo(new Result.LeaseResult(1, 7, 10));
        assertThat(machine.leases().find(7)).contains(new Lease(7, 10, 10_500));
        assertThat(machine.leases().find(8)).isEmpty();
    }

    @Test
    void timeThatGoesBackCountsAsTheTimeBefore() {
        machine.applyAt(5_000, new Command.AdvanceTime());
        machine.applyAt(1_000, new Command.GrantLease(7, 10));
        assertThat(machine.leases().find(7)).contains(new Lease(7, 10, 15_000));
        assertThat(machine.applied().logicalTimeMillis()).isEqualTo(5_000);
    }

    @Test
    void advancingTimeDoesNothingElse() {
        long hash = machine.stateHash();
        assertThat(machine.applyAt(5_000, new Command.AdvanceTime())).isEqualTo(new Result.TimeResult(1, 5_000));
        assertThat(machine.stateHash()).isEqualTo(hash);
    }

    @Test
    void idThatIsTakenIsRefused() {
        grant(7, 10);
        assertThat(machine.apply(new Command.GrantLease(7, 20)))
                .isEqualTo(new Result.Refused(1, Refusal.LEASE_EXISTS, 0));
        assertThat(machine.leases().find(7).orElseThrow().ttlSeconds()).isEqualTo(10);
    }

    @Test
    void idsMayBeNegativeButNotZero() {
        grant(-1, 10);
        grant(Long.MIN_VALUE, 10);
        assertThat(machine.leases().byExpiry()).extracting(Lease::id).containsExactly(Long.MIN_VALUE, -1L);
        assertThatIllegalArgumentException().isThrownBy(() -> new Command.GrantLease(0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Command.GrantLease(1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new Command.GrantLease(1, Lease.TTL_SECONDS_MAX + 1));
        grant(1, Lease.TTL_SECONDS_MAX);
    }

    @Test
    void revokingDeletesTheKeysInOrderUnderOneRevision() {
        grant(7, 10);
        attach("b", 7);
        attach("a", 7);
        machine.put("other", "v");
        assertThat(machine.apply(new Command.RevokeLease(7))).isEqualTo(new Result.RevokeResult(5, true, 2));
        assertThat(machine.record("a"))
                .extracting(KeyRecord::live, KeyRecord::modified)
                .containsExactly(false, new Revision(5, 0));
        assertThat(machine.record("b").modified()).isEqualTo(new Revision(5, 1));
        assertThat(machine.get("other")).contains("v");
        assertThat(machine.leases().byExpiry()).isEmpty();
        assertThat(machine.leases().keys(7)).isEmpty();
    }

    @Test
    void revokingALeaseWithoutKeysMovesNoRevision() {
        grant(7, 10);
        assertThat(machine.apply(new Command.RevokeLease(7))).isEqualTo(new Result.RevokeResult(1, true, 0));
        assertThat(machine.apply(new Command.RevokeLease(7)))
                .isEqualTo(new Result.Refused(1, Refusal.LEASE_NOT_FOUND, 0));
    }

    @Test
    void deletedKeyHangsOnNothing() {
        grant(7, 10);
        attach("k", 7);
        attach("range", 7);
        machine.delete("k");
        machine.deleteRange(KeyRange.single(Bytes.utf8("range")));
        machine.put("k", "again");
        assertThat(machine.leases().keys(7)).isEmpty();
        machine.apply(new Command.RevokeLease(7));
        assertThat(machine.get("k")).contains("again");
    }

    @Test
    void renewalBeginsAnew() {
        machine.applyAt(1_000, new Command.GrantLease(7, 10));
        assertThat(machine.applyAt(9_000, new Command.RenewLease(7))).isEqualTo(new Result.LeaseResult(1, 7, 10));
        assertThat(machine.leases().find(7)).contains(new Lease(7, 10, 19_000));
    }

    @Test
    void renewingWhatIsNotThereOrExpiredAnswersZero() {
        machine.applyAt(1_000, new Command.GrantLease(7, 10));
        assertThat(machine.apply(new Command.RenewLease(8))).isEqualTo(new Result.LeaseResult(1, 8, 0));
        assertThat(machine.applyAt(11_001, new Command.RenewLease(7))).isEqualTo(new Result.LeaseResult(1, 7, 0));
        assertThat(machine.applyAt(11_001, new Command.ExpireLease(7))).isEqualTo(new Result.RevokeResult(1, true, 0));
    }

    @Test
    void expiresWhenTheMillisecondOfItsEndHasPassedAndNotEarlier() {
        machine.applyAt(1_000, new Command.GrantLease(7, 10));
        attach("k", 7);
        assertThat(machine.applyAt(11_000, new Command.ExpireLease(7))).isEqualTo(new Result.RevokeResult(2, false, 0));
        assertThat(machine.get("k")).isPresent();
        assertThat(machine.applyAt(11_001, new Command.ExpireLease(7))).isEqualTo(new Result.RevokeResult(3, true, 1));
        assertThat(machine.get("k")).isEmpty();
        assertThat(machine.applyAt(11_001, new Command.ExpireLease(7))).isEqualTo(new Result.RevokeResult(3, false, 0));
    }

    @Test
    void leaseThatWasRenewedInTimeDoesNotExpireAtItsFirstEnd() {
        machine.applyAt(0, new Command.GrantLease(7, 10));
        machine.applyAt(9_000, new Command.RenewLease(7));
        assertThat(machine.applyAt(10_000, new Command.ExpireLease(7))).isEqualTo(new Result.RevokeResult(1, false, 0));
    }

    @Test
    void listsTheOneThatEndsFirstFirst() {
        grant(1, 30);
        grant(2, 10);
        grant(3, 20);
        assertThat(machine.leases().byExpiry()).extracting(Lease::id).containsExactly(2L, 3L, 1L);
        assertThat(machine.leases().find(2).orElseThrow().remainingMillis(4_000))
                .isEqualTo(6_000);
        assertThat(machine.leases().find(2).orElseThrow().remainingMillis(12_000))
                .isZero();
    }

    @Test
    void leasesCountInTheStateHash() {
        long before = machine.stateHash();
        grant(7, 10);
        long granted = machine.stateHash();
        machine.apply(new Command.RevokeLease(7));
        assertThat(granted).isNotEqualTo(before);
        assertThat(machine.stateHash()).isEqualTo(before);
    }

    private void grant(long id, long ttlSeconds) {
        assertThat(machine.apply(new Command.GrantLease(id, ttlSeconds))).isInstanceOf(Result.LeaseResult.class);
    }

    private void attach(String key, long lease) {
        machine.apply(new Command.Put(Bytes.utf8(key), Bytes.utf8("v"), 0, PutOptions.lease(lease)));
    }
}
