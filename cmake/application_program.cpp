// SPDX-License-Identifier: Apache-2.0

// The main function of a program that tenon_add_executable makes.

#include <tenon/app/application_program.hpp>

int main(int argc, char** argv) { return tenon::app::RunOwnApplication(argc, argv); }
