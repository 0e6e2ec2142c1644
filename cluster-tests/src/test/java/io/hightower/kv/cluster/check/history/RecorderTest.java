package io.hightower.kv.cluster.check.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What the recorder makes of calls and their ends. */
class RecorderTest {
    private final Recorder recorder = new Recorder();

    @Test
    void operationsAreInTheOrderOfTheirCallsWithTheirEnds() {
        int one = recorder.newClient();
        int two = recorder.newClient();
        Recorder.Call first = recorder.call(one, Invocation.put("k", "v"));
        Recorder.Call second = recorder.call(two, Invocation.get("k"));
        second.ok(Answer.nothing(1));
        first.fail();
        List<Op> history = recorder.history();
        assertThat(history).extracting(Op::client).containsExactly(one, two);
        assertThat(history).extracting(Op::status).containsExactly(Status.FAIL, Status.OK);
        assertThat(history.get(1).told()).isEqualTo(Answer.nothing(1));
        assertThat(history.get(0).overlaps(history.get(1))).isTrue();
        assertThat(history.get(0).returnNanos())
                .isGreaterThanOrEqualTo(history.get(1).returnNanos());
    }

    @Test
    void whatIsUnderWayOrUnknownMayTakeEffectAtAnyTime() {
        recorder.call(recorder.newClient(), Invocation.put("k", "v"));
        recorder.call(recorder.newClient(), Invocation.put("k", "w")).info();
        recorder.call(recorder.newClient(), Invocation.get("k")).ok(Answer.nothing(1));
        List<Op> history = recorder.history();
        assertThat(history).extracting(Op::status).containsExactly(Status.INFO, Status.INFO, Status.OK);
        assertThat(history.get(0).precedes(history.get(2))).isFalse();
        assertThat(history.get(1).precedes(history.get(2))).isFalse();
        assertThat(history.get(0).effectUntilNanos()).isEqualTo(Op.NEVER);
    }
}
