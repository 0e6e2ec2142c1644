package io.hightower.kv.storage.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.InvariantViolation;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
    private final MemoryBudget budget = new MemoryBudget(16 << 20);

    @Test
    void countsEachUseAndAllOfThem() {
        budget.charge(MemoryUse.MEMTABLES, 5 << 20);
        budget.charge(MemoryUse.HOT_KEYS, 100);
        budget.charge(MemoryUse.FILTERS_AND_INDEXES, 20);
        budget.release(MemoryUse.HOT_KEYS, 40);

        assertThat(budget.used(MemoryUse.MEMTABLES)).isEqualTo(5 << 20);
        assertThat(budget.used(MemoryUse.HOT_KEYS)).isEqualTo(60);
        assertThat(budget.used(MemoryUse.FILTERS_AND_INDEXES)).isEqualTo(20);
        assertThat(budget.used(MemoryUse.BLOCK_CACHE)).isZero();
        assertThat(budget.used()).isEqualTo((5 << 20) + 80);
        assertThat(budget.total()).isEqualTo(16 << 20);
    }

    @Test
    void theCacheMayHaveWhatTheOthersLeaveAndAlwaysItsFloor() {
        assertThat(budget.cacheBytesMax()).isEqualTo(16 << 20);
        budget.charge(MemoryUse.MEMTABLES, 10 << 20);
        budget.charge(MemoryUse.BLOCK_CACHE, 3 << 20);
        assertThat(budget.cacheBytesMax()).isEqualTo(6 << 20);
        budget.charge(MemoryUse.MEMTABLES, 50 << 20);
        assertThat(budget.cacheBytesMax()).isEqualTo(1 << 20);
    }

    @Test
    void saysHowMuchMoreThanTheTotalIsUsed() {
        budget.charge(MemoryUse.MEMTABLES, 15 << 20);
        assertThat(budget.overdrawn()).isZero();
        budget.charge(MemoryUse.MEMTABLES, 3 << 20);
        assertThat(budget.overdrawn()).isEqualTo(2 << 20);
    }

    @Test
    void nobodyGivesBackMoreThanWasTaken() {
        budget.charge(MemoryUse.HOT_KEYS, 10);
        assertThatThrownBy(() -> budget.release(MemoryUse.HOT_KEYS, 11)).isInstanceOf(InvariantViolation.class);
    }

    @Test
    void refusesATotalThatHoldsNothing() {
        assertThatThrownBy(() -> new MemoryBudget(1000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("totalBytes=1000");
    }
}
