package io.hightower.kv.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ByteBudgetTest {
    private final ByteBudget budget = new ByteBudget(100);

    @Test
    void givesUpToTheLastByteAndNoMore() {
        try (ByteBudget.Charge first = budget.charge();
                ByteBudget.Charge second = budget.charge()) {
            assertThat(first.tryGrow(60)).isTrue();
            assertThat(second.tryGrow(40)).isTrue();
            assertThat(second.tryGrow(1)).isFalse();
            assertThat(first.tryGrow(1)).isFalse();
            assertThat(budget.bytes()).isEqualTo(100);
        }
        assertThat(budget.bytes()).isZero();
    }

    @Test
    void givesToWhoIsAloneWhateverItNeeds() {
        try (ByteBudget.Charge alone = budget.charge();
                ByteBudget.Charge other = budget.charge()) {
            assertThat(alone.tryGrow(80)).isTrue();
            assertThat(alone.tryGrow(80)).isTrue();
            assertThat(other.tryGrow(1)).isFalse();
        }
    }

    @Test
    void hasRoomAgainWhenAChargeIsClosed() {
        ByteBudget.Charge closed = budget.charge();
        assertThat(closed.tryGrow(100)).isTrue();
        closed.close();
        closed.close();

        assertThat(budget.bytes()).isZero();
        assertThat(closed.tryGrow(1)).isFalse();
        assertThat(budget.bytes()).isZero();
    }
}
