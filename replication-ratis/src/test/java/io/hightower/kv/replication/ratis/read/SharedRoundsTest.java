package io.hightower.kv.replication.ratis.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class SharedRoundsTest {
    private final AtomicInteger made = new AtomicInteger();
    private final List<Integer> begun = new ArrayList<>();
    private final SharedRounds<Integer> rounds = new SharedRounds<>(made::incrementAndGet, begun::add);

    @Test
    void whoComesFirstBeginsARound() {
        assertThat(rounds.underWay()).isEmpty();
        assertThat(rounds.share()).isEqualTo(1);
        assertThat(begun).containsExactly(1);
        assertThat(rounds.underWay()).contains(1);
    }

    @Test
    void nobodyJoinsARoundThatHasBegun() {
        rounds.share();
        assertThat(rounds.share()).isEqualTo(2);
        assertThat(rounds.share()).isEqualTo(2);
        assertThat(begun).containsExactly(1);
        rounds.ended(1);
        assertThat(begun).containsExactly(1, 2);
        assertThat(rounds.share()).isEqualTo(3);
        assertThat(begun).containsExactly(1, 2);
    }

    @Test
    void aRoundEndsOnce() {
        rounds.share();
        rounds.share();
        rounds.ended(1);
        rounds.ended(1);
        assertThat(rounds.underWay()).contains(2);
        rounds.ended(2);
        assertThat(rounds.underWay()).isEmpty();
        assertThat(rounds.share()).isEqualTo(3);
    }

    @Test
    void roundsThatEndWhileTheyBeginDoNotPileUpOnTheStack() {
        AtomicInteger ended = new AtomicInteger();
        AtomicReference<SharedRounds<Integer>> self = new AtomicReference<>();
        SharedRounds<Integer> immediate = new SharedRounds<>(made::incrementAndGet, round -> {
            if (ended.incrementAndGet() < 100_000) {
                // As if somebody else came at this moment.
                self.get().share();
            }
            self.get().ended(round);
        });
        self.set(immediate);
        immediate.share();
        assertThat(ended).hasValue(100_000);
        assertThat(immediate.underWay()).isEmpty();
    }

    @Test
    void aRoundThatWasDroppedBeginsNoOther() {
        rounds.share();
        rounds.share();
        assertThat(rounds.drop()).containsExactly(1, 2);
        rounds.ended(1);
        assertThat(begun).containsExactly(1);
        assertThat(rounds.drop()).isEmpty();
    }
}
