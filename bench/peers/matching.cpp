// The textbook peers: deferred acceptance by the students (Gale and Shapley
// 1962), one proposal after another, and serial dictatorship.
//
//   matching match|serial MARKET RUNS [OUT]
//
// prints how long each step took, in seconds; the core of it RUNS times.
#include <cstring>

#include "market.hpp"

// ranks_of turns the rankings of posts into a rank for each wish.
static std::vector<int> ranks_of(const Market& m) {
    std::vector<int> next(m.rank_first.begin(), m.rank_first.end() - 1), edge(m.wish.size()), by(m.wish.size());
    for (int i = 0; i < m.students; i++)
        for (int e = m.first[i]; e < m.first[i + 1]; e++) {
            int at = next[m.wish[e]]++;
            edge[at] = e;
            by[at] = i;
        }
    std::vector<int> rank(m.wish.size()), position(m.students);
    for (int p = 0; p < m.posts; p++) {
        for (int k = m.rank_first[p]; k < m.rank_first[p + 1]; k++) position[m.ranking[k]] = k - m.rank_first[p] + 1;
        for (int k = m.rank_first[p]; k < m.rank_first[p + 1]; k++) rank[edge[k]] = position[by[k]];
    }
    return rank;
}

struct Held { int rank, student; };

static std::vector<int> deferred_acceptance(const Market& m, const std::vector<int>& rank) {
    std::vector<int> next(m.first.begin(), m.first.end() - 1), start(m.posts + 1), count(m.posts, 0);
    for (int p = 0; p < m.posts; p++) start[p + 1] = start[p] + m.seats[p];
    std::vector<Held> held(start[m.posts]);
    for (int i = 0; i < m.students; i++) {
        int student = i;
        while (student >= 0 && next[student] < m.first[student + 1]) {
            int e = next[student]++, p = m.wish[e];
            Held* at = &held[start[p]];
            if (count[p] < m.seats[p]) {
                at[count[p]++] = {rank[e], student};
                student = -1;
                continue;
            }
            int worst = -1;
            for (int k = 0; k < count[p]; k++)
                if (worst < 0 || at[k].rank > at[worst].rank) worst = k;
            if (worst >= 0 && at[worst].rank > rank[e]) {
                int out = at[worst].student;
                at[worst] = {rank[e], student};
                student = out;
            }
        }
    }
    std::vector<int> got(m.students, -1);  // the edge of each student
    for (int p = 0; p < m.posts; p++)
        for (int k = 0; k < count[p]; k++) {
            int s = held[start[p] + k].student, e = m.first[s];
            while (m.wish[e] != p) e++;
            got[s] = e;
        }
    return got;
}

static std::vector<int> serial(const Market& m) {
    std::vector<int> left = m.seats, got(m.students, -1);
    for (int i : m.order)
        for (int e = m.first[i]; e < m.first[i + 1]; e++)
            if (left[m.wish[e]] > 0) {
                left[m.wish[e]]--;
                got[i] = e;
                break;
            }
    return got;
}

// stable looks for a pair that would both rather be together.
static bool stable(const Market& m, const std::vector<int>& rank, const std::vector<int>& got) {
    std::vector<int> count(m.posts, 0), worst(m.posts, 0);
    for (int e : got)
        if (e >= 0) {
            int p = m.wish[e];
            count[p]++;
            if (rank[e] > worst[p]) worst[p] = rank[e];
        }
    for (int p = 0; p < m.posts; p++)
        if (count[p] > m.seats[p]) return false;
    for (int i = 0; i < m.students; i++) {
        int end = got[i] >= 0 ? got[i] : m.first[i + 1];
        for (int e = m.first[i]; e < end; e++) {
            int p = m.wish[e];
            if (count[p] < m.seats[p] || (m.seats[p] > 0 && rank[e] < worst[p])) return false;
        }
    }
    return true;
}

static void write(const Market& m, const std::vector<int>& got, const char* name) {
    std::FILE* out = std::fopen(name, "wb");
    if (!out) { std::perror(name); std::exit(2); }
    std::string text;
    for (int i = 0; i < m.students; i++) {
        text += std::to_string(i);
        if (got[i] < 0) text += " - -\n";
        else text += ' ' + std::to_string(m.wish[got[i]]) + ' ' + std::to_string(got[i] - m.first[i] + 1) + '\n';
    }
    std::fwrite(text.data(), 1, text.size(), out);
    std::fclose(out);
}

int main(int argc, char** argv) {
    if (argc < 4) { std::fprintf(stderr, "matching match|serial MARKET RUNS [OUT]\n"); return 2; }
    bool match = !std::strcmp(argv[1], "match");
    Clock clock;
    Market m = read_market(argv[2]);
    report("read", clock.lap());
    std::vector<int> rank, got;
    if (match) rank = ranks_of(m);
    report("ranks", clock.lap());
    for (int run = std::atoi(argv[3]); run > 0; run--) {
        clock.lap();
        got = match ? deferred_acceptance(m, rank) : serial(m);
        report("solve", clock.lap());
    }
    if (match && !stable(m, rank, got)) { std::fprintf(stderr, "not stable\n"); return 1; }
    report("verify", clock.lap());
    if (argc > 4) write(m, got, argv[4]);
    report("write", clock.lap());
    long placed = 0, sum = 0;
    for (int i = 0; i < m.students; i++)
        if (got[i] >= 0) placed++, sum += got[i] - m.first[i] + 1;
    std::printf("placed %ld\nsum %ld\n", placed, sum);
    report_memory();
}
