package io.hightower.kv.replication.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.CorruptionException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

final class ReadFrameTest {
    private final HexFormat hex = HexFormat.of();

    @Test
    void bytesOnTheWireStayTheSame() {
        assertThat(hex.formatHex(ReadFrame.question(7))).isEqualTo("0000000000000007");
        assertThat(hex.formatHex(ReadFrame.answer(new ReadFrame.Answer(7, 9))))
                .isEqualTo("0000000000000007" + "0000000000000009");
        assertThat(hex.formatHex(ReadFrame.answer(new ReadFrame.Answer(7, -1))))
                .isEqualTo("0000000000000007" + "ffffffffffffffff");
    }

    @Test
    void framesComeBackAsTheyWere() {
        ReadFrame.Answer answer = new ReadFrame.Answer(7, 1L << 40);
        assertThat(ReadFrame.readQuestion(ReadFrame.question(1L << 41))).isEqualTo(1L << 41);
        assertThat(ReadFrame.readAnswer(ReadFrame.answer(answer))).isEqualTo(answer);
    }

    @Test
    void refusesFramesOfAnotherLength() {
        assertThatThrownBy(() -> ReadFrame.readQuestion(new byte[9])).isInstanceOf(CorruptionException.class);
        assertThatThrownBy(() -> ReadFrame.readAnswer(new byte[8])).isInstanceOf(CorruptionException.class);
        assertThatThrownBy(() -> ReadFrame.readAnswer(new byte[17])).isInstanceOf(CorruptionException.class);
    }
}
