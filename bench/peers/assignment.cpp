// The peers for least cost: LEMON's network simplex and cost scaling (Kovács
// 2015). A student's k-th wish costs k², no post costs 1,000.
//
//   assignment simplex|scaling MARKET RUNS
//
// prints how long each step took, in seconds; the core of it RUNS times.
#include <lemon/cost_scaling.h>
#include <lemon/network_simplex.h>
#include <lemon/static_graph.h>

#include <cstring>

#include "market.hpp"

using Graph = lemon::StaticDigraph;

int main(int argc, char** argv) {
    if (argc < 4) { std::fprintf(stderr, "assignment simplex|scaling MARKET RUNS\n"); return 2; }
    bool simplex = !std::strcmp(argv[1], "simplex");
    Clock clock;
    Graph graph;
    std::vector<int> cost, capacity;
    int students, posts, seats = 0;
    {
        Market m = read_market(argv[2]);
        report("read", clock.lap());
        students = m.students, posts = m.posts;
        int sink = students + posts;
        std::vector<std::pair<int, int>> arcs;
        arcs.reserve(m.wish.size() + students + posts);
        for (int i = 0; i < students; i++) {
            for (int e = m.first[i]; e < m.first[i + 1]; e++) {
                int rank = e - m.first[i] + 1;
                arcs.push_back({i, students + m.wish[e]});
                cost.push_back(rank * rank);
                capacity.push_back(1);
            }
            arcs.push_back({i, sink});
            cost.push_back(1000);
            capacity.push_back(1);
        }
        for (int p = 0; p < posts; p++) {
            arcs.push_back({students + p, sink});
            cost.push_back(0);
            capacity.push_back(m.seats[p]);
            seats += m.seats[p];
        }
        graph.build(sink + 1, arcs.begin(), arcs.end());
    }
    Graph::ArcMap<int> costs(graph), capacities(graph);
    Graph::NodeMap<int> supply(graph, 0);
    for (size_t a = 0; a < cost.size(); a++) {
        costs[graph.arc(int(a))] = cost[a];
        capacities[graph.arc(int(a))] = capacity[a];
    }
    std::vector<int>().swap(cost);
    std::vector<int>().swap(capacity);
    for (int i = 0; i < students; i++) supply[graph.node(i)] = 1;
    supply[graph.node(students + posts)] = -students;
    report("build", clock.lap());
    long total = 0;
    for (int run = std::atoi(argv[3]); run > 0; run--) {
        clock.lap();
        if (simplex) {
            lemon::NetworkSimplex<Graph, int, int> solver(graph);
            solver.upperMap(capacities).costMap(costs).supplyMap(supply);
            if (solver.run() != solver.OPTIMAL) return 1;
            total = solver.totalCost<long>();
        } else {
            lemon::CostScaling<Graph, int, long> solver(graph);
            solver.upperMap(capacities).costMap(costs).supplyMap(supply);
            if (solver.run() != solver.OPTIMAL) return 1;
            total = solver.totalCost<long>();
        }
        report("solve", clock.lap());
    }
    std::printf("sum %ld\n", total);
    report_memory();
}
