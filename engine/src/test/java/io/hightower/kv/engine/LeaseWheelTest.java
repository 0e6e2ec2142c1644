package io.hightower.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Lease;
import io.hightower.kv.statemachine.random.SeededRuns;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** The wheel of leases against a map that is looked through as a whole, and what it costs. */
class LeaseWheelTest {
    private static final int ALL = Integer.MAX_VALUE;

    @Test
    void knowsAtAnyTimeWhichLeasesHaveEndedAndInWhichOrder(TestInfo test) {
        SeededRuns.of(test).count(200).checkEach(LeaseWheelTest::run);
    }

    private static void run(RandomGenerator random) {
        long now = random.nextInt(3) == 0 ? random.nextLong(1L << 50) : random.nextInt(1000);
        LeaseWheel wheel = new LeaseWheel(now);
        Map<Long, Lease> expected = new HashMap<>();
        for (int step = 0; step < 300; step++) {
            long id = random.nextInt(40) - 20L;
            if (id == 0 || random.nextInt(6) == 0) {
                now += random.nextInt(10) == 0 ? random.nextLong(400_000) : random.nextInt(700);
                wheel.advance(now);
            } else if (random.nextInt(5) == 0) {
                wheel.remove(id);
                expected.remove(id);
            } else {
                Lease lease = Lease.beginning(id, seconds(random), now - random.nextInt(2000));
                wheel.put(lease);
                expected.put(id, lease);
            }
            assertThat(wheel.ended(ALL)).isEqualTo(ended(expected, now));
            assertThat(wheel.size()).isEqualTo(expected.size());
        }
    }

    private static long seconds(RandomGenerator random) {
        return switch (random.nextInt(4)) {
            case 0 -> Lease.TTL_SECONDS_MAX - random.nextInt(3);
            case 1 -> 1 + random.nextInt(1000);
            default -> 1 + random.nextInt(5);
        };
    }

    private static List<Long> ended(Map<Long, Lease> leases, long now) {
        return leases.values().stream()
                .filter(lease -> lease.isExpired(now))
                .sorted(Comparator.comparingLong(Lease::expiryMillis).thenComparingLong(Lease::id))
                .map(Lease::id)
                .toList();
    }

    @Test
    void aLeaseHasNotEndedInTheMillisecondOfItsEnd() {
        LeaseWheel wheel = new LeaseWheel(0);
        wheel.put(Lease.beginning(7, 1, 0));
        wheel.advance(1000);
        assertThat(wheel.ended(ALL)).isEmpty();
        wheel.advance(1001);
        assertThat(wheel.ended(ALL)).containsExactly(7L);
    }

    @Test
    void tellsTheFirstFewOfThoseThatHaveEnded() {
        LeaseWheel wheel = new LeaseWheel(0);
        for (long id = 1; id <= 5; id++) {
            wheel.put(Lease.beginning(id, 10 - id, 0));
        }
        wheel.advance(60_000);
        assertThat(wheel.ended(2)).containsExactly(5L, 4L);
        assertThat(wheel.endedCount()).isEqualTo(5);
    }

    @Test
    void aHundredThousandRenewalsCostOneStepEachAndTurningTheWheelNextToNothing() {
        LeaseWheel wheel = new LeaseWheel(0);
        int leases = 100_000;
        for (long id = 1; id <= leases; id++) {
            wheel.put(Lease.beginning(id, 60, 0));
        }
        long most = 0;
        for (long second = 1; second <= 300; second++) {
            for (long id = second % 20 + 1; id <= leases; id += 20) {
                wheel.put(Lease.beginning(id, 60, second * 1000));
            }
            long before = wheel.touched();
            wheel.advance(second * 1000);
            most = Math.max(most, wheel.touched() - before);
            assertThat(wheel.endedCount()).isZero();
        }
        // 300 s: each lease renewed 15 times, and met by the wheel once in about a minute.
        assertThat(wheel.touched()).isLessThan(leases * (1L + 15 + 6));
        assertThat(most).isLessThanOrEqualTo(leases);
    }

    @Test
    void leasesWithFarEndsAreNotMetTogether() {
        LeaseWheel wheel = new LeaseWheel(0);
        int leases = 100_000;
        for (long id = 1; id <= leases; id++) {
            wheel.put(Lease.beginning(id, Lease.TTL_SECONDS_MAX, 0));
        }
        long most = 0;
        for (long now = 0; now < 600_000; now += 250) {
            long before = wheel.touched();
            wheel.advance(now);
            most = Math.max(most, wheel.touched() - before);
        }
        assertThat(most).isLessThan(leases / 50);
        assertThat(wheel.touched()).isLessThan(leases * 11L);
    }

    @Test
    void aLeaseGrantedAnewWithAnEarlierEndEndsEarlier() {
        LeaseWheel wheel = new LeaseWheel(0);
        wheel.put(Lease.beginning(7, 100, 0));
        wheel.put(Lease.beginning(7, 2, 0));
        wheel.advance(2001);
        assertThat(wheel.ended(ALL)).containsExactly(7L);
        wheel.put(Lease.beginning(7, 2, 2000));
        assertThat(wheel.ended(ALL)).isEmpty();
    }
}
