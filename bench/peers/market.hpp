// Reads HR1 markets and tells times and memory, for the peers.
#pragma once
#include <sys/resource.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

struct Market {
    int students = 0, posts = 0;
    std::vector<int> first{0}, wish;          // of each student, best first
    std::vector<int> seats;
    std::vector<int> rank_first{0}, ranking;  // of each post, best first
    std::vector<int> order;
};

// Reader takes a file in large blocks, so that the text itself costs no memory.
class Reader {
public:
    explicit Reader(const char* name) : file(std::fopen(name, "rb")), block(1 << 20) {
        if (!file) { std::perror(name); std::exit(2); }
    }
    ~Reader() { std::fclose(file); }

    char letter() {
        int c = next();
        while (c == ' ' || c == '\n' || c == '\r') c = next();
        return char(c);
    }
    long number() {
        int c = next();
        while (c == ' ' || c == '\n' || c == '\r') c = next();
        long n = 0;
        for (; c >= '0' && c <= '9'; c = next()) n = 10 * n + (c - '0');
        return n;
    }

private:
    int next() {
        if (at == have) {
            have = std::fread(block.data(), 1, block.size(), file);
            at = 0;
            if (have == 0) return EOF;
        }
        return static_cast<unsigned char>(block[at++]);
    }
    std::FILE* file;
    std::vector<char> block;
    size_t at = 0, have = 0;
};

inline Market read_market(const char* name) {
    Reader in(name);
    Market m;
    in.letter(), in.letter(), in.letter();  // HR1; the digit is a letter here
    m.students = int(in.number());
    m.posts = int(in.number());
    in.number();  // the seed
    m.first.reserve(m.students + 1);
    m.rank_first.reserve(m.posts + 1);
    for (int i = 0; i < m.students; i++) {
        in.letter();
        for (long k = in.number(); k > 0; k--) m.wish.push_back(int(in.number()));
        m.first.push_back(int(m.wish.size()));
    }
    m.ranking.reserve(m.wish.size());
    for (int p = 0; p < m.posts; p++) {
        in.letter();
        m.seats.push_back(int(in.number()));
        for (long k = in.number(); k > 0; k--) m.ranking.push_back(int(in.number()));
        m.rank_first.push_back(int(m.ranking.size()));
    }
    in.letter();
    for (int i = 0; i < m.students; i++) m.order.push_back(int(in.number()));
    return m;
}

class Clock {
public:
    // lap returns the seconds since the last lap.
    double lap() {
        auto now = std::chrono::steady_clock::now();
        double seconds = std::chrono::duration<double>(now - last).count();
        last = now;
        return seconds;
    }

private:
    std::chrono::steady_clock::time_point last = std::chrono::steady_clock::now();
};

// report prints one figure as a line that the table reads.
inline void report(const char* what, double value) { std::printf("%s %.9f\n", what, value); }

inline void report_memory() {
    rusage u{};
    getrusage(RUSAGE_SELF, &u);
    report("memory", double(u.ru_maxrss) * 1024);
}
