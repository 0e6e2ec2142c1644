package io.hightower.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.PutOptions;
import io.hightower.kv.statemachine.state.Leases;
import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When leases end, look by look, with a time and answers that the test moves. */
class LeaseLookTest {
    private final HandMovedReplication replication = new HandMovedReplication();
    private final ArrayDeque<Runnable> atOnce = new ArrayDeque<>();
    private final LeaseExpiry expiry = new LeaseExpiry(replication, atOnce::add);

    @AfterEach
    void close() {
        expiry.close();
        replication.close();
    }

    private void grant(long id, long seconds) {
        replication.apply(new Command.GrantLease(id, seconds));
    }

    private List<Long> left() {
        return Leases.of(replication.store.view().system()).all().stream()
                .map(lease -> lease.id())
                .toList();
    }

    private long expiriesProposed() {
        return replication.proposed.stream()
                .filter(Command.ExpireLease.class::isInstance)
                .count();
    }

    @Test
    void aLeaseEndsAtTheFirstLookBehindItsTimeAndNoneBefore() {
        grant(7, 5);
        expiry.look();
        replication.pass(5000);
        expiry.look();
        assertThat(expiriesProposed()).isZero();
        assertThat(left()).containsExactly(7L);

        replication.pass(1);
        expiry.look();
        assertThat(left()).isEmpty();
    }

    @Test
    void aLeaseThatIsRenewedJustBeforeItsEndLastsItsWholeTimeAgain() {
        grant(7, 5);
        expiry.look();
        replication.pass(5000);
        replication.apply(new Command.RenewLease(7));
        replication.pass(5000);
        expiry.look();
        assertThat(left()).containsExactly(7L);

        replication.pass(1);
        expiry.look();
        assertThat(left()).isEmpty();
    }

    @Test
    void aRenewalThatComesBetweenLookAndEntryKeepsTheLease() {
        grant(7, 5);
        expiry.look();
        replication.pass(5001);
        replication.hold();
        expiry.look();
        assertThat(expiriesProposed()).isEqualTo(1);
        // Another leader's entries had an earlier time: there the lease was still there to be renewed.
        replication.lead(4000);
        replication.apply(new Command.RenewLease(7));
        replication.release();
        assertThat(left()).containsExactly(7L);
    }

    @Test
    void leasesWithKeysEndInTheOrderOfTheirEndsEachUnderOneRevision() {
        grant(1, 9);
        grant(2, 8);
        for (String key : List.of("a", "b", "c")) {
            replication.apply(new Command.Put(Bytes.utf8(key), Bytes.EMPTY, Command.NO_VERSION, PutOptions.lease(1)));
        }
        replication.apply(new Command.Put(Bytes.utf8("d"), Bytes.EMPTY, Command.NO_VERSION, PutOptions.lease(2)));
        long revision = replication.store.applied().revision();
        replication.pass(60_000);
        expiry.look();
        assertThat(replication.proposed).containsExactly(new Command.ExpireLease(2), new Command.ExpireLease(1));
        assertThat(replication.store.applied().revision()).isEqualTo(revision + 2);
        assertThat(replication.store.applied().liveKeys()).isZero();
    }

    @Test
    void aHundredThousandLeasesThatAreRenewedCostALookWhatWasRenewed() {
        int leases = 100_000;
        for (long id = 1; id <= leases; id++) {
            grant(id, 600);
        }
        expiry.look();
        assertThat(expiry.touched()).isEqualTo(leases);
        for (int look = 0; look < 200; look++) {
            for (long id = 1; id <= 50; id++) {
                replication.apply(new Command.RenewLease(look * 50L + id));
            }
            replication.pass(250);
            expiry.look();
        }
        // 50 s: what was renewed, and no slot of the wheel has come that a lease of ten minutes could stand in.
        assertThat(expiry.touched()).isEqualTo(leases + 200 * 50);
    }

    @Test
    void moreLeasesThanMayBeProposedAtOnceEndWithoutWaitingForTheNextLooks() {
        for (long id = 1; id <= 3500; id++) {
            grant(id, 5);
        }
        replication.pass(5001);
        replication.hold();
        expiry.look();
        assertThat(expiriesProposed()).isEqualTo(1000);
        expiry.look();
        assertThat(expiriesProposed()).isEqualTo(1000);
        replication.release();
        for (int looks = 0; !atOnce.isEmpty() && looks < 10; looks++) {
            atOnce.remove().run();
        }
        assertThat(left()).hasSizeLessThan(1000);
        expiry.look();
        assertThat(left()).isEmpty();
        assertThat(expiriesProposed()).isEqualTo(3500);
    }

    @Test
    void whatIsRefusedIsProposedAgainAndNothingIsProposedBehindIt() {
        grant(1, 5);
        grant(2, 5);
        replication.pass(5001);
        replication.refuse(true);
        expiry.look();
        assertThat(replication.proposed).containsExactly(new Command.ExpireLease(1));
        assertThat(left()).containsExactly(1L, 2L);

        replication.refuse(false);
        expiry.look();
        assertThat(left()).isEmpty();
    }

    @Test
    void aFollowerProposesNothingAndANewLeaderKnowsEveryLease() {
        grant(1, 5);
        expiry.look();
        replication.follow();
        replication.apply(new Command.GrantLease(2, 3));
        expiry.look();
        assertThat(expiry.touched()).isZero();

        replication.lead(3001);
        expiry.look();
        assertThat(left()).containsExactly(1L);
        replication.pass(2000);
        expiry.look();
        assertThat(left()).isEmpty();
    }

    @Test
    void aNewLeadershipDoesNotWaitForAnswersOfTheOneBefore() {
        grant(1, 5);
        replication.pass(5001);
        replication.hold();
        expiry.look();
        replication.follow();
        expiry.look();
        replication.lead(5500);
        expiry.look();
        assertThat(expiriesProposed()).isEqualTo(2);
        replication.release();
        assertThat(left()).isEmpty();
    }

    @Test
    void whenTimeGoesBackBetweenTwoLooksNoLeaseIsForgotten() {
        grant(1, 5);
        replication.pass(200_000);
        replication.hold();
        expiry.look();
        replication.lead(1000);
        expiry.look();
        replication.pass(4001);
        expiry.look();
        assertThat(expiriesProposed()).isEqualTo(2);
    }

    @Test
    void timeIsLoggedFiveTimesASecondWhileThereAreLeasesAndOnlyThen() {
        expiry.look();
        replication.pass(10_000);
        expiry.look();
        assertThat(replication.proposed).isEmpty();

        grant(7, 1000);
        for (int look = 0; look < 100; look++) {
            replication.pass(100);
            expiry.look();
        }
        assertThat(replication.proposed).hasSize(50).containsOnly(new Command.AdvanceTime());
        assertThat(replication.store.applied().logicalTimeMillis()).isEqualTo(20_000);
    }
}
