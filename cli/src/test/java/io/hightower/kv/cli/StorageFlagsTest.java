package io.hightower.kv.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.engine.Options;
import io.hightower.kv.engine.StorageOptions;
import io.hightower.kv.engine.StorageOptions.Compression;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

class StorageFlagsTest {
    private static final Path DIRECTORY = Path.of("d");

    @Test
    void everyKnobHasAFlagOfServerAndClusterWhoseHelpNamesDefaultAndRange() {
        for (RecordComponent knob : StorageOptions.class.getRecordComponents()) {
            assertDocumented(new CommandLine(new ServerCommand(Surroundings.ofProcess())), knob);
            assertDocumented(new CommandLine(new ClusterCommand(Surroundings.ofProcess())), knob);
        }
    }

    static void assertDocumented(CommandLine command, RecordComponent knob) {
        OptionSpec option = command.getCommandSpec().findOption(FlagNames.of(knob.getName()));
        assertThat(option).as(knob.getName()).isNotNull();
        assertThat(String.join(" ", option.description()))
                .as(knob.getName())
                .matches(".*( [0-9]\\S* to |or more| or ).*Default: .*");
    }

    @Test
    void leavesTheDefaultsWhereNoFlagIsGiven() {
        assertThat(storage()).isEqualTo(StorageOptions.defaults());
    }

    @Test
    void setsEachKnob() {
        StorageOptions all = storage(
                "--memory-bytes-max=70MiB",
                "--memtable-bytes=1MiB",
                "--hot-keys-bytes=2MiB",
                "--flush-interval=3s",
                "--block-bytes=4KiB",
                "--compression=none",
                "--table-bytes=5MiB",
                "--level0-tables=6",
                "--verify-merges=false",
                "--segment-bytes=7MiB",
                "--archived-segments=8",
                "--checkpoint-log-bytes=9MiB");

        assertThat(all)
                .isEqualTo(new StorageOptions(
                        70 << 20,
                        1 << 20,
                        2 << 20,
                        Duration.ofSeconds(3),
                        4 << 10,
                        Compression.NONE,
                        5 << 20,
                        6,
                        false,
                        7 << 20,
                        8,
                        9 << 20));
    }

    @Test
    void aBudgetAloneSetsItsSharesToo() {
        assertThat(storage("--memory-bytes-max=512MiB")).isEqualTo(StorageOptions.ofMemory(512 << 20));
    }

    @Test
    void takesFlagsThatAreLegalTogetherInAnyOrder() {
        StorageOptions storage = storage("--hot-keys-bytes=2GiB", "--memtable-bytes=1GiB", "--memory-bytes-max=4GiB");

        assertThat(storage.memtableBytes()).isEqualTo(1 << 30);
        assertThat(storage.hotKeysBytes()).isEqualTo(2L << 30);
    }

    @Test
    void beginsWithAPresetWhichOtherFlagsChange() {
        assertThat(options("--preset=small")).isEqualTo(HistoryFlagsTest.asServed(Options.small(DIRECTORY)));
        assertThat(options("--preset=medium")).isEqualTo(HistoryFlagsTest.asServed(Options.medium(DIRECTORY)));
        assertThat(options("--preset=large")).isEqualTo(HistoryFlagsTest.asServed(Options.large(DIRECTORY)));
        assertThat(options("--table-bytes=1MiB", "--preset=small"))
                .isEqualTo(HistoryFlagsTest.asServed(Options.small(DIRECTORY))
                        .withStorage(storage -> storage.withTableBytes(1 << 20)));
    }

    @Test
    void namesTheFlagAndItsBounds() {
        assertRefused("--level0-tables=1 bounds=2 to 64", "--level0-tables=1");
        assertRefused("--memtable-bytes=1073741824", "--memtable-bytes=1GiB", "--memory-bytes-max=4MiB");
        assertRefused("to a quarter of --memory-bytes-max=4194304", "--memtable-bytes=1GiB", "--memory-bytes-max=4MiB");
        assertRefused("--memory-bytes-max=1 bounds=4 MiB or more", "--memory-bytes-max=1");
        assertRefused("--block-bytes=5368709120 bounds=4KiB to 32KiB", "--block-bytes=5GiB");
    }

    private static void assertRefused(String reason, String... flags) {
        assertThatThrownBy(() -> FlagNames.naming(() -> options(flags)))
                .as(String.join(" ", flags))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    private static StorageOptions storage(String... flags) {
        return options(flags).storage();
    }

    private static Options options(String... flags) {
        EngineFlags parsed = new EngineFlags();
        new CommandLine(parsed).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(flags);
        return parsed.options(DIRECTORY);
    }
}
