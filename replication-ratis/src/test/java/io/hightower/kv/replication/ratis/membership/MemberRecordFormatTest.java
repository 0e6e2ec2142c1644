package io.hightower.kv.replication.ratis.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.replication.ratis.membership.ChangeExchange.Answer;
import io.hightower.kv.replication.ratis.membership.ChangeExchange.Request;
import io.hightower.kv.replication.ratis.membership.ChangeExchange.What;
import io.hightower.kv.replication.ratis.membership.JoinExchange.Admission;
import io.hightower.kv.replication.ratis.membership.JoinExchange.Question;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.MembershipException;
import io.hightower.kv.statemachine.MembershipException.Reason;
import io.hightower.kv.statemachine.api.ClusterId;
import io.hightower.kv.statemachine.api.Member.Kind;
import io.hightower.kv.statemachine.api.MemberId;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What members keep and tell each other about members, byte by byte. */
final class MemberRecordFormatTest {
    private static final MemberId ID = new MemberId(0xabL);
    private static final MemberRecord RECORD =
            MemberRecord.of(ID, "", "h:2380", Kind.LEARNER).withOwn("n1", 3);

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    @Test
    void aRecordHasItsPlaceAndItsBytes() {
        assertThat(MemberRecord.key(ID)).isEqualTo(Bytes.utf8("member/00000000000000ab"));
        assertThat(hex(RECORD.value().toByteArray()))
                .isEqualTo("01" + "01" + "03" + "0002" + "6e31" + "0006" + "683a32333830");
        assertThat(hex(RECORD.asVoter().asRemoved().withOwn("", 0).value().toByteArray()))
                .isEqualTo("01" + "02" + "00" + "0000" + "0006" + "683a32333830");
    }

    @Test
    void everyKindOfRecordComesBack() {
        for (MemberRecord record : List.of(RECORD, RECORD.asVoter(), RECORD.asRemoved(), RECORD.withOwn("", 255))) {
            assertThat(MemberRecord.decode(MemberRecord.key(ID), record.value()))
                    .isEqualTo(record);
        }
    }

    @Test
    void refusesOtherVersionsAndDamage() {
        byte[] intact = RECORD.value().toByteArray();
        for (byte other : new byte[] {0, 2}) {
            byte[] earlierOrLater = intact.clone();
            earlierOrLater[0] = other;
            assertThatThrownBy(() -> MemberRecord.decode(MemberRecord.key(ID), Bytes.copyOf(earlierOrLater)))
                    .isInstanceOf(FormatException.class);
        }
        for (int length = 0; length < intact.length; length++) {
            Bytes cut = Bytes.copyOf(Arrays.copyOf(intact, length));
            assertThatThrownBy(() -> MemberRecord.decode(MemberRecord.key(ID), cut))
                    .as("cut to %d", length)
                    .isInstanceOf(CorruptionException.class);
        }
        Bytes longer = Bytes.copyOf(Arrays.copyOf(intact, intact.length + 1));
        assertThatThrownBy(() -> MemberRecord.decode(MemberRecord.key(ID), longer))
                .isInstanceOf(CorruptionException.class);
    }

    @Test
    void whatIsAskedAndToldWhenJoiningComesBack() {
        Question question = new Question("tok", "h:1", new FormatRange(1, 2));
        assertThat(hex(question.encode())).isEqualTo("0003" + "746f6b" + "0003" + "683a31" + "01" + "02");
        assertThat(Question.decode(question.encode())).contains(question);
        JoinExchange.Answer known = JoinExchange.Answer.known(new Admission(
                new ClusterId(0x12), ID, List.of(MemberRecord.of(new MemberId(-1), "", "h:2", Kind.VOTER))));
        assertThat(hex(known.encode()))
                .isEqualTo("01" + "0000000000000012" + "00000000000000ab" + "0001" + "ffffffffffffffff" + "0003"
                        + "683a32");
        for (JoinExchange.Answer answer :
                List.of(known, JoinExchange.Answer.refused("no"), JoinExchange.Answer.later("wait"))) {
            byte[] bytes = answer.encode();
            assertThat(JoinExchange.Answer.decode(bytes)).contains(answer);
            for (int length = 0; length < bytes.length; length++) {
                assertThat(JoinExchange.Answer.decode(Arrays.copyOf(bytes, length)))
                        .isEmpty();
            }
        }
    }

    @Test
    void whatIsAskedAndToldForAChangeComesBack() {
        Request add = new Request(What.ADD, ID, "h:1", Kind.LEARNER, false);
        assertThat(hex(add.encode())).isEqualTo("01" + "01" + "00000000000000ab" + "0003" + "683a31");
        for (What what : What.values()) {
            assertThat(Request.decode(Request.of(what, ID).again().encode()))
                    .contains(Request.of(what, ID).again());
        }
        assertThat(Request.decode(new byte[] {9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}))
                .isEmpty();
        assertThat(Request.decode(new byte[3])).isEmpty();
        Answer refused = Answer.refused(new MembershipException(Reason.UNHEALTHY, "why"));
        for (Answer answer : List.of(Answer.DONE, refused, Answer.notNow("a"), Answer.unknown("b"))) {
            assertThat(Answer.decode(answer.encode())).isEqualTo(answer);
        }
        assertThat(Answer.decode(refused.encode()).refusal().reason()).isEqualTo(Reason.UNHEALTHY);
        // What cannot be read tells nothing about what happened.
        assertThat(Answer.decode(new byte[0]).status()).isEqualTo(ChangeExchange.Status.UNKNOWN);
    }
}
