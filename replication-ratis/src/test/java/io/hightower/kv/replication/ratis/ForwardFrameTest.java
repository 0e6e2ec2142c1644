package io.hightower.kv.replication.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.replication.ratis.ForwardFrame.Request;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.TooLargeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ForwardFrameTest {
    /** Notes what was read. */
    private static final class Heard implements ForwardFrame.AnswerCases {
        final List<String> answers = new ArrayList<>();
        RuntimeException failure;

        @Override
        public void opened() {
            answers.add("opened");
        }

        @Override
        public void applied(long callId, long index, Bytes results) {
            answers.add("applied " + callId + " " + index + " " + results);
        }

        @Override
        public void failed(long callId, RuntimeException why) {
            answers.add("failed " + callId);
            failure = why;
        }

        @Override
        public void refused(long callId) {
            answers.add("refused " + callId);
        }
    }

    private static Heard read(byte[] frame) {
        Heard heard = new Heard();
        ForwardFrame.readAnswer(frame, heard);
        return heard;
    }

    @Test
    void requestsComeBackAsTheyWere() {
        Request request = new Request(7, 6500, Bytes.utf8("entry"));
        assertThat(ForwardFrame.readRequest(ForwardFrame.request(request))).isEqualTo(request);
    }

    @Test
    void bytesOnTheWireStayTheSame() {
        HexFormat hex = HexFormat.of();
        assertThat(hex.formatHex(ForwardFrame.request(new Request(7, 6500, Bytes.utf8("e")))))
                .isEqualTo("0000000000000007" + "00001964" + "65");
        assertThat(hex.formatHex(ForwardFrame.opened())).isEqualTo("0000000000000000" + "01");
        assertThat(hex.formatHex(ForwardFrame.applied(7, 9, Bytes.utf8("r"))))
                .isEqualTo("0000000000000007" + "02" + "0000000000000009" + "72");
        assertThat(hex.formatHex(ForwardFrame.failed(7, new NotReplicatedException(Reason.OVERLOADED, "m"))))
                .isEqualTo("0000000000000007" + "03" + "11" + "6d");
        assertThat(hex.formatHex(ForwardFrame.refused(7))).isEqualTo("0000000000000007" + "04");
    }

    @Test
    void answersComeBackAsTheyWere() {
        assertThat(read(ForwardFrame.opened()).answers).containsExactly("opened");
        assertThat(read(ForwardFrame.applied(7, 9, Bytes.utf8("r"))).answers).containsExactly("applied 7 9 72");
        assertThat(read(ForwardFrame.refused(7)).answers).containsExactly("refused 7");
    }

    @Test
    void failuresKeepTheirTypeReasonAndMessage() {
        for (Reason reason : Reason.values()) {
            RuntimeException failure = read(ForwardFrame.failed(1, new NotReplicatedException(reason, "why"))).failure;
            assertThat(failure).hasMessage("why").isInstanceOfSatisfying(NotReplicatedException.class, e -> assertThat(
                            e.reason())
                    .isEqualTo(reason));
        }
        assertThat(read(ForwardFrame.failed(1, new OutcomeUnknownException("why"))).failure)
                .isInstanceOf(OutcomeUnknownException.class)
                .hasMessage("why");
        assertThat(read(ForwardFrame.failed(1, new TooLargeException("It", 2, 1))).failure)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("It is too large: bytes=2 bytesMax=1");
    }

    @Test
    void whatTheLeaderDidNotForeseeLeavesTheOutcomeUnknown() {
        assertThat(read(ForwardFrame.failed(1, new IllegalStateException("bug"))).failure)
                .isInstanceOf(OutcomeUnknownException.class);
    }

    @Test
    void refusesFramesThatAreCutShortOrUnknown() {
        byte[] applied = ForwardFrame.applied(7, 9, Bytes.EMPTY);
        for (int length = 0; length < applied.length; length++) {
            byte[] cut = Arrays.copyOf(applied, length);
            assertThatThrownBy(() -> read(cut)).as("length %d", length).isInstanceOf(CorruptionException.class);
        }
        assertThatThrownBy(() -> ForwardFrame.readRequest(new byte[11])).isInstanceOf(CorruptionException.class);
        byte[] unknownKind = ForwardFrame.refused(7);
        unknownKind[8] = 9;
        assertThatThrownBy(() -> read(unknownKind)).isInstanceOf(CorruptionException.class);
        byte[] unknownFailure = ForwardFrame.failed(7, new OutcomeUnknownException("m"));
        unknownFailure[9] = 99;
        assertThatThrownBy(() -> read(unknownFailure)).isInstanceOf(CorruptionException.class);
    }
}
