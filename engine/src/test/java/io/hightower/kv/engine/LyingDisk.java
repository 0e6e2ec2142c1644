package io.hightower.kv.engine;

import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.DiskFile;
import java.nio.ByteBuffer;
import java.util.List;

/** A disk that leaves something out: what a store would be like that forgot it. Thread-safe. */
final class LyingDisk implements Disk {
    private final Disk disk;
    private final Lie lie;
    private final String about;

    /** What is left out. */
    enum Lie {
        /** The syncs of files. */
        SYNC,
        /** The durability of durable writes. */
        DURABLE_WRITE,
        /** The syncs of the directory. */
        SYNC_DIRECTORY
    }

    /** Leaves something out for the files whose names contain {@code about}. */
    LyingDisk(Disk disk, Lie lie, String about) {
        this.disk = disk;
        this.lie = lie;
        this.about = about;
    }

    private DiskFile lying(DiskFile file) {
        return file.name().contains(about) ? new LyingFile(file) : file;
    }

    @Override
    public DiskFile create(String name) {
        return lying(disk.create(name));
    }

    @Override
    public DiskFile open(String name) {
        return lying(disk.open(name));
    }

    @Override
    public boolean exists(String name) {
        return disk.exists(name);
    }

    @Override
    public List<String> list() {
        return disk.list();
    }

    @Override
    public void rename(String from, String to) {
        disk.rename(from, to);
    }

    @Override
    public void delete(String name) {
        disk.delete(name);
    }

    @Override
    public void linkTo(String name, Disk target) {
        disk.linkTo(name, target);
    }

    @Override
    public void syncDirectory() {
        if (lie != Lie.SYNC_DIRECTORY) {
            disk.syncDirectory();
        }
    }

    @Override
    public long freeBytes() {
        return disk.freeBytes();
    }

    @Override
    public DirectoryLock lock() {
        return disk.lock();
    }

    @Override
    public String description() {
        return disk.description();
    }

    private final class LyingFile implements DiskFile {
        private final DiskFile file;

        LyingFile(DiskFile file) {
            this.file = file;
        }

        @Override
        public String name() {
            return file.name();
        }

        @Override
        public long length() {
            return file.length();
        }

        @Override
        public int read(long offset, ByteBuffer target) {
            return file.read(offset, target);
        }

        @Override
        public void write(long offset, ByteBuffer source) {
            file.write(offset, source);
        }

        @Override
        public void writeDurably(long offset, ByteBuffer source) {
            if (lie == Lie.DURABLE_WRITE) {
                file.write(offset, source);
            } else {
                file.writeDurably(offset, source);
            }
        }

        @Override
        public void truncate(long length) {
            file.truncate(length);
        }

        @Override
        public void sync() {
            if (lie != Lie.SYNC) {
                file.sync();
            }
        }

        @Override
        public void close() {
            file.close();
        }
    }
}
