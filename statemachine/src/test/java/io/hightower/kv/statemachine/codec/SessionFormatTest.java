package io.hightower.kv.statemachine.codec;

import static io.hightower.kv.statemachine.codec.CodecFormatTest.fromHex;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hightower.kv.statemachine.ApplyOutcome;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.SessionRecord;
import io.hightower.kv.statemachine.golden.GoldenBytes;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** As {@link CodecFormatTest}, for sessions. */
class SessionFormatTest {
    static final Map<String, Command> COMMANDS = Map.ofEntries(
            entry("0108dc0b1211720f08f9ffffffffffffffff0110e0d403", new Command.OpenSession(-7, 60_000)),
            entry(
                    "0108dc0b12137a1108071080011a0a0a080a016b120176180a",
                    new Command.InSession(7, 128, new Command.Put(Bytes.utf8("k"), Bytes.utf8("v"), 10))),
            entry("0108dc0b12058201020807", new Command.CloseSession(7)),
            entry("0108dc0b12068a010308e807", new Command.ExpireSessions(1000)));

    static final Map<String, Result> RESULTS = Map.ofEntries(
            entry("010a137211080410f9ffffffffffffffff0118e0d403", new Result.SessionResult(4, -7, 60_000)),
            entry("010a066a040804100f", new Result.Refused(4, Refusal.TOO_MANY_SESSIONS, 0)),
            entry("010a066a0408041012", new Result.Refused(4, Refusal.SESSION_ANSWER_NOT_KEPT, 0)));

    static final String ANSWER_BYTES = "0a070802100118ac02";
    static final String SESSION_BYTES = "0108e0d40310dc0b188001" + "2209" + ANSWER_BYTES;

    @Test
    void keepsTheBytesOfCommands() {
        COMMANDS.forEach((hex, command) -> {
            Entry entry = new Entry(1500, List.of(command));
            assertThat(toHex(EntryCodec.encode(entry))).as("%s", command).isEqualTo(hex);
            assertThat(EntryCodec.decode(fromHex(hex))).isEqualTo(entry);
        });
    }

    @Test
    void keepsTheBytesOfResults() {
        RESULTS.forEach((hex, result) -> {
            assertThat(toHex(ResultCodec.encode(List.of(result))))
                    .as("%s", result)
                    .isEqualTo(hex);
            assertThat(ResultCodec.decode(fromHex(hex))).containsExactly(result);
        });
    }

    @Test
    void keepsTheBytesOfSessionsAndOfTheAnswersInThem() {
        Result answer = new Result.PutResult(2, ApplyOutcome.APPLIED, 300);
        SessionRecord session = new SessionRecord(7, 60_000, 1500, 128, fromHex(ANSWER_BYTES));

        assertThat(toHex(SessionCodec.encodeAnswer(answer))).isEqualTo(ANSWER_BYTES);
        assertThat(SessionCodec.decodeAnswer(session.answer())).isEqualTo(answer);
        assertThat(toHex(SessionCodec.encode(session))).isEqualTo(SESSION_BYTES);
        assertThat(SessionCodec.decode(7, fromHex(SESSION_BYTES))).isEqualTo(session);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 255})
    void refusesSessionsOfAnotherFormatVersion(int version) {
        byte[] encoded = fromHex(SESSION_BYTES).toByteArray();
        encoded[0] = (byte) version;
        assertThatExceptionOfType(FormatException.class)
                .isThrownBy(() -> SessionCodec.decode(7, Bytes.wrap(encoded)))
                .withMessage("Unsupported format: what=session found=format version " + version
                        + " supported=format version 1");
        assertThatExceptionOfType(FormatException.class)
                .isThrownBy(() -> SessionCodec.isExpired(Bytes.wrap(encoded), 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // A command of a session inside another one, which might go on for ever.
                "0108dc0b120c7a0a080710011a047a020807",
                "0108dc0b120c7a0a080710011a0472020807",
                // No command; no number; a command that users do not ask for.
                "0108dc0b12067a0408071001",
                "0108dc0b12087a0608071a026200",
                "0108dc0b120c7a0a080710011a045a020807"
            })
    void refusesCommandsOfSessionsThatNobodyWrites(String hex) {
        assertThatExceptionOfType(CorruptionException.class).isThrownBy(() -> EntryCodec.decode(fromHex(hex)));
    }

    @Test
    void isDocumented() {
        GoldenBytes.assertShown(
                "system.md", "A session (id 7)", fromHex(SESSION_BYTES).toByteArray());
    }

    private static String toHex(Bytes bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }
}
