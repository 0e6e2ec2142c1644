package io.hightower.kv.replication.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReplayLengthTest {
    private final ReplayLength length = new ReplayLength();

    @Test
    void nothingIsToBeReplayedBeyondTheNewestEntry() {
        length.add(1, 10);
        length.add(2, 20);

        assertThat(length.beyond(0)).isEqualTo(30);
        assertThat(length.beyond(2)).isZero();
    }

    @Test
    void knowsTheBytesBeyondAnIndexToWithinOneNote() {
        for (int i = 1; i <= 10_000; i++) {
            length.add(i, 1_000);
        }
        assertThat(length.beyond(0)).isEqualTo(10_000_000);
        assertThat(length.beyond(5_000)).isBetween(5_000_000L, 5_070_000L);
        assertThat(length.beyond(10_000)).isZero();
    }
}
